"""What is measured: the words around a number without verbs of doing, time words and comparisons, and its normal form."""
from __future__ import annotations

import re
from functools import lru_cache

from tracker.analysis.vocabulary import Vocabulary, alternation

_EDGE = " \t，,、；;：:。.（()）*#-—·"
_COMPARED = re.compile(
    r"(?:分别)?(?:比|较|与)(?:去年|上年|上一年|前年|“?十[一二三四]五”?|20\d\d|19\d\d|上月|上季|年初|往年|规划|计划|同期|全国|全省|预期|目标|前|改革|整治|五年前|十年前)"
    r"[^，,；;]{0,10}?(?:同期|末|初|底|年|平均|相比|前|水平|全年|改善前)*(?=增|提|上|下|减|改|多|少|高|低|净|翻|缩|降|扩|有|回|压|分别|同比|$)"
)
_TAIL = re.compile(
    r"(?:(?:同比|环比|可比|按可比价|按可比口径|可比口径|实际|累计|合计|共计|分别|均|平均|预计|预期|力争|力争达|共|已|已经|将|要|再|又|还|就|仅|"
    r"总共|首次|率先|达到了?|达|达成|为|是|有|到|至|在|突破|超过|超|逾|高达|多达|约|近|保持在?|稳定在?|维持在?|控制在?|实现|完成|增长到?|增长至|"
    r"增加至|增加到|增至|增到|提高到|提高至|提升到|提升至|上升到|上升至|上升为|扩大到|扩大至|下降到|下降至|下降为|降至|降到|降低到|降低至|降为|减少到|减少至|减至|压减到|压减至|压缩到|"
    r"压缩至|压缩为|缩短到|缩短至|缩短为|精简到|精简至|精简为|缩减为|缩减到|缩减至|升至|升到|发展到|扩展到|拓展到|增加为|调整为|调整到|恢复到|回升到|"
    r"增长|增加|增|上升|上涨|提高|提升|递增|扩大|攀升|持续|继续|不低于|不少于|不超过|以|的|了|：|:|居|位居|位列|列|排名?|排在|跃居|跃升至|升至|稳居|保持|继续保持|"
    r"蝉联|进入|跻身|跨入|迈入|入围|荣获|获得|荣登|登上|总计|另|占|每年|能够|可|可达|能达到?|逐步|由|从|也|都|按照|按|不到|不足|一举|成功|历史性|大幅|稳步|显著|明显|连续))+$"
)
_DIRECTION = re.compile(r"(下降|减少|改善|降低|缩短|压缩|压减|精简|缩减|减|降|回落|降幅|下跌|好转|少|压降|下滑|削减)(?:了|近|约|超|超过|均|分别)?$")
_YEARLY = re.compile(r"((?:[两二三四五六七八十近\d]+年)?(?:年均|平均|每年)(?:增长|递增|增速|增幅)?)(?:为|达到?|约|近|超过?)?$")


@lru_cache(maxsize=8)
def _lead(vocabulary_words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        rf"(?:[\s，,、；;：:。*#·]+|(?:{alternation(vocabulary_words)})(?:了|出)?|\d{{4}}年(?:度|末|底)?|\d{{1,2}}(?:[-至]\d{{1,2}})?月(?:份|末|底)?"
        r"|到?(?:[\"“]?十[一二三四五六]五[\"”]?)(?:时期|期间|末|以来)?|到\d{4}年(?:末|底)?|截至[^，,、]{1,8}?(?:末|底|日|前)|[一二三四五六七八九十]是|（[一二三四五六七八九十]）"
        r"|[（(]\d+[)）]|第[一二三四]季度|近[两三四五六七八九十\d]+年|[\d一二三四五六七八九十]+年来)+"
    )


@lru_cache(maxsize=8)
def _middle(verbs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:累计|共|已|年内|新|全部|全面|均|预计|力争)*(?:{alternation(verbs)})(?:了|各类|各级|出)?")


_MIDDLE_VERBS = ("实现", "完成", "达到", "累计", "保持")


def clean_subject(left: str, vocabulary: Vocabulary) -> str:
    """The noun phrase before a number: 全市供销社系统实现销售总额 → 全市供销社系统销售总额; empty when only verbs stand there."""
    words = left.strip(_EDGE)
    words = _COMPARED.sub("", words).strip(_EDGE)
    words, direction = _cut_tail(words)
    words = strip_lead(words, vocabulary)
    words = _middle(_MIDDLE_VERBS).sub("", words)
    words = words.strip(_EDGE)
    if direction and not words.endswith(direction):
        words += direction
    return words


def _cut_tail(words: str) -> tuple[str, str]:
    """Take predicates off the end; what tells the direction (下降, 改善) or the averaging (年均增长) is given back."""
    kept = ""
    for _ in range(4):
        if found := _DIRECTION.search(words):
            kept, words = kept or found[1], words[: found.start()].strip(_EDGE)
        elif found := _YEARLY.search(words):
            kept, words = kept or found[1], words[: found.start()].strip(_EDGE)
        elif (found := _TAIL.search(words)) and found.group():
            words = words[: found.start()].strip(_EDGE)
        else:
            break
    return words, kept


def strip_lead(words: str, vocabulary: Vocabulary) -> str:
    """Take time words, adverbs and verbs of doing off the front."""
    found = _lead((*vocabulary.time_words, *vocabulary.doing_verbs)).match(words)
    if not found:
        return words
    rest = words[found.end():]
    return rest if rest else ""


_NOT_NOUN = re.compile(r"^(?:[，,。；;、）)”\"》：:]|和|及|与|$)")
_RIGHT_END = re.compile(r"[（(][^）)]*$|[、和及与并]+$")


def clean_object(right: str) -> str:
    """The noun phrase after a number: 的轨道交通产业投资基金 → 轨道交通产业投资基金; empty when the number ends its clause."""
    if _NOT_NOUN.match(right):
        return ""
    right = right.lstrip(" 的")
    right = _RIGHT_END.sub("", right)
    return _RIGHT_TAIL.sub("", right).strip(" ，,、；;。")


_RIGHT_TAIL = re.compile(
    r"(?:工作|任务|活动)?(?:全部|全面|圆满|已|均|基本|顺利|正)*(?:投入运行|竣工|完成|开工|推进|建成|投产|实施|受益|的好成绩|等|的目标|的历史新高)$"
)


def indicator_key(indicator: str, vocabulary: Vocabulary | None = None) -> str:
    """Normal form: synonyms meet (GDP = 地区生产总值), 全市/我市 and signs go."""
    words = vocabulary or Vocabulary.default()
    plain = re.sub(r"[“”\"'‘’《》\s]", "", indicator)
    forms = words.normal_forms
    if plain in forms:
        return forms[plain]
    bare = re.sub(r"^(?:全市|全省|全县|全区|我市|我省|我县|我区|全国|全社会)", "", plain)
    return forms.get(bare, bare or plain)
