"""Cleaning the words around a number: openers, predicates and comparisons go, what is measured stays."""
from __future__ import annotations

import re
from functools import lru_cache

from tracker.analysis.records import record
from tracker.analysis.vocabulary import Vocabulary

EDGE = " \t\u3000，,、；;：:。*#·—-"
_COMPARED = re.compile(
    r"(?:分别|均|同比|又|只|大大)*(?:(?:(?<![一-龥])|(?<=[均又别幅于]))(?:比(?!重|例|率|价|赛|上合|全国|全省|全市|世界|[^，,；;]{0,4}目标)|较(?!大|快|好|高|强|小|多|为)|与(?=[^，,；;]{2,12}相比))"
    r"|(?:比|较|与|相比)(?=去年|上年|上一年|前年|[近前]\d+年|[“\"]?(?:十[一二三四五六]五|十五|[六七八九]五)|20\d\d|19\d\d|[一二][〇零一二三四五六七八九]{3}年|上月|上季|年初|往年|计划|规划|同期|预期|基期))"
    r"[^，,；;]{1,16}?(?:同期|期?末|年?底|年|初|平均|相比|前|水平|全年)?"
    r"(?=增|提|上升|下|减|改善|多|少|高|低|净|翻|缩|降|扩|有所|回|压|分别|同比|新|每|平均|$)"
)
_DIRECTION = re.compile(
    r"(下降|减少|改善|多增|少增|降低|缩短|压缩|压减|精简|缩减|(?<![增削核])减|(?<![升起])降|回落|降幅|下跌|好转|压降|下滑|削减|收窄)(?:了|近|约|超|超过|均|分别)?$"
)
_AVERAGED = re.compile(r"((?:[两二三四五六七八九十\d]+年)?(?:年均|平均)(?:增长|递增|增速|增幅|下降|新增)?)(?:为|达到?|约|近|超过?)?$")
_NEW = re.compile(r"(?P<new>净增加?|新增加?|新建|新设|新认定)(?:了|近|约|超|超过)?$")
_PREPOSITION = re.compile(r"^(?:围绕|通过|结合|以|依托|按照|在|根据|针对|面向|利用|聚焦|抢抓|发挥|立足|坚持|经|由|从)")
_JOINING = re.compile(
    r"(?:累计|(?<![公国中总])共(?!同|享|建|青|赢|治)|已|年内|全年|全部|均|预计|力争|新|成功|率先|首次|圆满|顺利)*"
    r"(?:实现|完成|达到|推出|建成(?!区)(?:运营|投用|运行|并)?|形成|开行|打造|累计|举办|开展|研究制[定订]|制定|出台|拥有|保持|组织召开|派出|共有|承办|(?<![公国中总])共(?!同|享|建|青|赢|治)|安排|争取到?|取得|获得|培育|搭建|设立|建立|联办)"
    r"(?:了|各类|各级|出(?!口|让|资|台|生|版|栏))*(?![率量额率后投用])"
)


_TIME_INSIDE = re.compile(r"(?<=[一-龥])(?<!至)(?:截至)?(?:今年以来|今年上半年|今年|去年|全年|(?<![一二三四五六七八九十两几\d])年内|上半年|前三季度)(?=[一-龥]{2})")
_SHARE_OF = re.compile(r"(?<!霸)占(?:到|了|约)?$")
_MAKING = re.compile(r"^.*[一-龥](?<!大)使得?(?!用|命|馆|节|者)(?=[一-龥]{2})")
_PLANNED = re.compile(r"(?:分别|均|已)*(?:完成|达到|占|为)(?:[市省县区]?(?:委市?)?政府|上级)?(?:下达)?(?:全年|年度?|年初)?(?:计划|目标|任务|预算|指标)(?:任务|数)?(?:[（(][）)])?的?$")
_ON_BASIS = re.compile(r"(?<=[一-龥”])在[^，,；;]{0,40}?的?基础(?:上|$)|^(?:\d+个)?方面的(?=..)")
_THAN = re.compile(r"(?:高于|低于|快于|好于|优于)[^，,；;]{1,10}(?:目标|计划|预期)$")
_FOOTNOTE = re.compile(r"\[\d+\]")
_NOTE = re.compile(r"[（(](?:注|含|不含|下同|以下|简称|按|人民币|单位)[^）)]*[）)]")
_TIMES_OF = re.compile(r"(?:是|为|相当于|达到?)(?:去年|上年|20\d\d年?|“?十[一二三四]五”?|全国|全省|五年前|同期|[一-龥]{2,6}期|\d+年)[^，,；;]{0,10}(?:的|同期|全年|水平)$|^(?:分别|均)*(?:是|相当于)[^，,；;]{2,14}的$|(?:分别|均|已)*恢复[到至][^，,；;]{2,14}的$")


# one of these signs stands in whatever the expression beside it takes out
_COMPARING = frozenset("比较与")     # _COMPARED
_LIKENING = frozenset("是为当达恢")    # _TIMES_OF
_PLANNING = frozenset("划标务算")    # _PLANNED; 指标 holds 标
_TIMELY = frozenset("年度")          # _TIME_INSIDE
_OPENING, _CLOSING = ("(", "（"), frozenset(")）")
_LONGEST_END = 12                    # signs that _DIRECTION and _NEW look at before the end


@record
class Phrase:
    """What is left of a phrase, and what its predicate said."""

    name: str                          # what is measured
    predicate: str = ""                # the words cut off the end
    direction: str = ""                # 下降, 改善 …: stays with the indicator
    averaged: str = ""                 # 年均增长, 两年平均增长 …
    new: str = ""                      # 新增, 净增 right before the number


def strip_openers(words: str, vocabulary: Vocabulary) -> str:
    """Take time words, adverbs and verbs of doing off the front."""
    words = words.strip(EDGE)
    while found := vocabulary.opener.match(words):
        if not found.end():
            break
        words = words[found.end():].lstrip(EDGE + "了")
    return words


def _drop_asides(words: str) -> str:
    """Notes, comparisons, bases and time words inside a phrase. A sign that each of them holds is looked for first: it is seldom there."""
    if "（" in words or "(" in words:
        words = _NOTE.sub("", words)
    if not _COMPARING.isdisjoint(words):
        words = _COMPARED.sub("", words).strip(EDGE)
    if not _LIKENING.isdisjoint(words):
        words = _TIMES_OF.sub("", words).strip(EDGE)
    if "基础" in words or "方面的" in words:
        words = _ON_BASIS.sub("", words)
    if "使" in words:
        words = _MAKING.sub("", words)
    if "[" in words:
        words = _FOOTNOTE.sub("", words)
    if not _PLANNING.isdisjoint(words):
        words = _PLANNED.sub("", words)
    if not _TIMELY.isdisjoint(words):
        words = _TIME_INSIDE.sub("", words)
    return words


@lru_cache(maxsize=8192)      # 同比增长, 达到: near every second phrase has been read a page or a document before
def read_phrase(left: str, vocabulary: Vocabulary) -> Phrase:
    """The noun phrase before a number: 全市供销社系统实现销售总额 → 全市供销社系统销售总额; no name when only verbs stand there."""
    if left[:1] in _OPENING and not _CLOSING.intersection(left):      # 新建学校30所（其中小学12所）
        left = left[1:]
    words, share = _drop_asides(left.strip(EDGE)), False
    predicate, direction, averaged, new = "", "", "", ""
    while words and not ("于" in words and _THAN.search(words)):
        tail = max(0, len(words) - _LONGEST_END)
        if (found := _DIRECTION.search(words, tail)) and not direction:
            direction = found[1]
        elif "均" in words and (found := _AVERAGED.search(words)) and not averaged:
            averaged = found[1]
        elif (found := _NEW.search(words, tail)) and found.start() and not new:
            new = found["new"]
        elif not (found := vocabulary.predicate.search(words, max(0, len(words) - 10))):
            break
        predicate = words[found.start():] + predicate
        share = share or ("占" in words and bool(_SHARE_OF.search(words)))
        words = words[: found.start()].rstrip(EDGE)
    words = join_over_verb(strip_openers(words, vocabulary), vocabulary)
    name = vocabulary.done_before.sub("", _balance(words))
    if name in _STUBS:
        name = ""
    elif name[2:3] == "到":
        name = _OBTAINED.sub(r"\1", name)
    return Phrase(name + "占比" if share and name and not name.endswith("占比") else name, predicate, direction, averaged, new)


_OBTAINED = re.compile(r"^(筹集|争取|引进|募集|征集)到")
_EXAMPLES = re.compile(r"(?P<verb>引进|新增|培育|举办|承办|生产|建成|新建)?(?P<examples>[^，,]{2,}、[^，,]*)等(?P<noun>[^、，,等]{2,14})$")


def shorten(name: str) -> str:
    """A long list of examples goes: 引进海洋大学、工程大学……等高校 → 引进高校."""
    found = _EXAMPLES.search(name) if len(name) > 20 else None
    return (found["verb"] or "") + found["noun"] if found else name


_STUBS = frozenset("省市县区年月我在度以至多少")


def join_over_verb(words: str, vocabulary: Vocabulary) -> str:
    """青岛机场完成航班起降 → 青岛机场航班起降: body and object without the verb between them."""
    prefix, words = split_at_verb(words, vocabulary)
    return prefix + words


def split_at_verb(words: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """Body and object around the last verb of doing; the body is empty when it says nothing about who."""
    last, words_before = None, words
    for found in _JOINING.finditer(words):
        if found.start():
            last = found
    if last is None:
        return "", words
    if words[: last.start()].rstrip().endswith("、"):
        return "", strip_openers(words[last.end():], vocabulary)
    prefix, rest = words[: last.start()].strip(EDGE), strip_openers(words[last.end():], vocabulary)
    if earlier := _JOINING.search(prefix):
        prefix = prefix[: earlier.start()].strip(EDGE)
    if vocabulary.kept_verb.fullmatch(prefix):
        return "", words_before
    if _PREPOSITION.match(prefix) or not 3 <= len(prefix) <= 16 or prefix.endswith(("等", "领域", "方面", "期间", "范围内")):
        prefix = ""
    return prefix, rest


_PAIRED = frozenset("“”()（）《》")


def _balance(words: str) -> str:
    """Drop a quote sign or bracket that has no partner, and what makes no name."""
    words = words.strip(EDGE + "的")
    if _PAIRED.isdisjoint(words):
        return words
    for opening, closing in ("“”", "()", "（）", "《》"):
        missing = words.count(opening) - words.count(closing)
        if missing > 0 and words.rfind(opening) > words.rfind(closing):
            at = words.rfind(opening)
            words = words[:at] if at >= len(words) - 2 else words[:at] + words[at + 1:]
        elif missing < 0:
            at = words.find(closing)
            words = words[at + 1:] if at <= 1 else words[:at] + words[at + 1:]
    return words.strip(EDGE + "的")


_NO_NOUN = re.compile(r"^\s*(?:[，,。；;、）)”\"》：:]|和(?!谐|平)|及|与|新?台阶|大关|以外|之外|以来|之间|的基础上|的?(?:年度|全年|预期|奋斗|总体)*(?:目标|任务|指标|要求)|$)")
_CUT = re.compile(r"(?:[、并]|后)(?=制[定订]|建立|出台|推出|完成|实现|形成|逐一|出具|全部|组织|开展|发放|正式)|、(?=数量|总量|总数|增速|规模|居|位居|列|占比)|[（(][^）)]*$|——|(?:年底前|年内|月底前)")
_ENDS = re.compile(
    r"(?:(?:[、和及并]|(?<!参)与)+|(?:等)?(?:工作|任务|建设任务)?(?:已|均|全部|全面|圆满|基本|顺利|正|正式|按期|如期|陆续|先后|加快|有序|总体)*"
    r"(?:投入运行|投入使用|投用|完成|建成(?:投用)?|(?<!整村)推进|实施|深入(?:一线|基层)|的好成绩|大关|的目标|的历史新高|工作|任务|等)|(?:已|均|全部|全面)|(?<=[一-龥]{2})(?:成立|达到|共|设立|签订))$"
)
_ADVERB = re.compile(r"(?<=[一-龥])(?:均?已经?|均|全部|已全部|正式|成功|顺利)(?=(?:对|印发|出台|纳入|建立|入选|完成|实施|开展|通过|竣工|开工|列入|进入|实现|落地|接入|达到|签约|建成))|(?<=[展施立订成定现])了")
_DOING_INSIDE = re.compile(r"(?<=[一-龥])(?:完成|实施|实现)(?=改造|整改|提升|建设|治理|落地|网络化|数字化|高起点)")
_TURN = re.compile(r"^(?P<noun>[^，,。；;、]{2,14}?)(?P<rest>(?:入选|入围|列入|获评|接入)(?P<what>[^，,。；;]{2,}))$")


def _cut(words: str) -> int:
    found = _CUT.search(words)
    return found.start() if found else len(words)


def object_length(right: str) -> int:
    """How much of the words after a number the noun phrase takes: up to another deed or a metric of its own."""
    return _cut(right) if not _CUT.match(right) else len(right)


@lru_cache(maxsize=4096)
def read_object(right: str) -> str:
    """The noun phrase after a number: 的轨道交通产业投资基金 → 轨道交通产业投资基金; empty when the number ends its clause."""
    if _NO_NOUN.match(right):
        return ""
    words = (_NOTE.sub("", right) if right[:1] in "（(" else right).strip(" 的")
    if _NO_NOUN.match(words):
        return ""
    words = words[: _cut(words)]
    for _ in range(3):
        before, words = words, _ENDS.sub("", words).rstrip(EDGE)
        if words == before:
            break
    words = _DOING_INSIDE.sub("", _ADVERB.sub("", words))
    if found := _TURN.match(words):  # 项目入选省重大项目 → 入选省重大项目, 企业接入平台 → 接入平台企业
        words = found["rest"] if found["what"].endswith(found["noun"]) else found["rest"] + found["noun"]
    return _balance(words)
