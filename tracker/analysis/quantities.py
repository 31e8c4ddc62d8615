"""Numbers as the genre writes them, with unit, comparator and place in the sentence; dates and names are passed over."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from tracker.analysis.branches import Branches, EdgeSigns
from tracker.analysis.records import Comparator, Quantity, record
from tracker.analysis.vocabulary import Vocabulary, alternation, read_lines

MentionKind = Literal["amount", "percent", "points", "times", "rank"]

# one character for one character, so that offsets stay those of the sentence
_WIDE = "０１２３４５６７８９％．（）／：；ＡＢＣＤＥＦＧＰＭ＋—–－―~〜～"
_NARROW = "0123456789%.()/:;ABCDEFGPM+--------"
FOLDING = str.maketrans(_WIDE, _NARROW[: len(_WIDE)])
_FOLDED = re.compile(f"[{_WIDE}]")

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_MAGNITUDES = {"十": 10, "百": 100, "千": 1000}

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
NUMERAL = r"(?:[一二三四五六七八九十百千两][零〇一二三四五六七八九十百千两]{0,14}(?:点[零〇一二三四五六七八九]{1,6})?)"
_FUZZ = r"[余多来]?"
_SCALE = r"(?:[百千]?万[余多]?亿|[十百千]?[万亿]|[百千](?=余|多|[家人户名个吨元亩件项场])|)"


@record
class Mention:
    """A number in a sentence. ``start``…``end`` covers number, unit and comparator words; ``at`` is the number itself."""

    start: int
    end: int
    at: int
    quantity: Quantity
    kind: MentionKind
    unit_end: int                      # where number and unit end, before 以上/左右
    numeral: bool = False              # written in Chinese numerals
    baseline: bool = False             # 由41%增至70%: the 41
    word: str = ""                     # the word that made the comparator


@lru_cache(maxsize=4)      # the same sentence is folded by the reader of numbers and by its caller
def fold(sentence: str) -> str:
    """The sentence with full-width digits and signs narrowed, character for character."""
    return sentence.translate(FOLDING) if _FOLDED.search(sentence) else sentence


def read_numeral(text: str) -> Decimal | None:
    """二十三 → 23, 三千六 → 3600, 一百二十 → 120, 六点五 → 6.5; None when it is no number."""
    whole, _, fraction = text.partition("点")
    if all(char in _DIGITS for char in whole) and len(whole) > 1:
        # 一二三产业 names things; 六一六点五六元 is a number read out digit by digit
        digits = "".join(str(_DIGITS[char]) for char in f"{whole}{fraction}")
        return Decimal(digits).scaleb(-len(fraction)) if fraction else None
    total, current, last = 0, 0, 1
    for char in whole:
        if char in _DIGITS:
            current = _DIGITS[char]
        else:
            last = _MAGNITUDES[char]
            total, current = total + (current or 1) * last, 0
    if current and last > 10 and whole[-2:-1] in _MAGNITUDES:
        current *= last // 10
    value = Decimal(total + current)
    return value + Decimal("0." + "".join(str(_DIGITS[char]) for char in fraction)) if fraction else value


def read_number(text: str) -> Decimal | None:
    """1,234.5 or a Chinese numeral → Decimal; None when it is neither."""
    text = text.replace(",", "").replace(" ", "")
    return Decimal(text) if text[:1].isdigit() and text.isascii() else read_numeral(text)


_NUMERALS = "一二三四五六七八九十百千两"


@lru_cache(maxsize=8)      # asked for by every sentence: a vocabulary is found by identity, its hundreds of units are compared
def _numbers(words: Vocabulary) -> Branches:
    return _master(words.units, words.digit_units)


@lru_cache(maxsize=8)
def _master(units: tuple[str, ...], digit_units: tuple[str, ...]) -> Branches:
    """Dates, ordinals, model numbers and set phrases, so that they are passed over (they have no group), then numbers."""
    both = rf"(?:{alternation(units)})(?!(?<=台)阶)(?:\([一-龥]\))?"
    every = rf"(?:{alternation((*units, *digit_units))})(?!(?<=台)阶)(?:\([一-龥]\))?"
    amounts = (
        rf"(?P<percent>(?P<p1>{NUMBER})\s*%?\s*(?:[-至到]+\s*(?P<p2>{NUMBER}))?\s*(?P<ps>[%‰]))",
        r"(?P<slash>(?P<sn>[1-9])/(?P<sd>[2-9]|10)(?![\d/]))",
        rf"(?P<percent_word>百分之(?P<pw1>零点[零一二三四五六七八九]{{1,6}}|{NUMERAL}|{NUMBER})(?:[至到](?:百分之)?(?P<pw2>{NUMERAL}|{NUMBER}))?)",
        rf"(?P<points>(?P<pt1>{NUMBER}|{NUMERAL})(?P<ptf>多|余)?(?:\s*[-至到]+\s*(?P<pt2>{NUMBER}|{NUMERAL}))?\s*个?(?:多)?百分点)",
        r"(?P<fraction>(?P<fd>[二三四五六七八九十])分之(?P<fn>[一二三四五六七八九]))",
        r"(?P<half>一半|过半|半数)(?!岛)",
        rf"(?P<tenths>(?P<t1>[一二三四五六七八九]|{NUMBER})(?:[至到-](?P<t2>[一二三四五六七八九]))?成(?P<t3>半)?(?=以上|以下|左右|多|的|[，,。；;、]|$))",
        r"(?P<two_digit>两位数|二位数)",
        rf"(?P<fan>翻(?P<f0>了)?(?:(?P<f1>{NUMERAL}|{NUMBER})番(?P<f3>半|多)?)|翻(?P<f2>倍|番))",
        rf"(?P<times>(?P<m1>{NUMBER}|[一二两三四五六七八九十]{{1,8}}(?:点[零一二三四五六七八九]{{1,8}})?)(?P<mf>多|余)?倍(?P<mf2>多|半)?)",
        rf"(?P<rank>第(?P<r1>{NUMBER}|[一二三四五六七八九十]{{1,8}})(?P<ru>位|名|大(?=[一-龥]))?|首位|之首|榜首|首席之位|(?<=居)首(?![位要都次批家席]))",
        rf'(?P<top>前(?P<o1>{NUMBER}|[一二三四五六七八九十百]{{1,8}})(?P<ou>位|名|强|列)?(?=[，,。；;、:）)”"行列之]|$|的|水平|位次)|(?P<o2>{NUMBER}|[五六七八九十百]{{1,8}})(?P<ou2>强)(?=[，,。；;、）)”"行列之]|$|第))',
        rf"(?P<mixed>(?P<xy>{NUMBER}|{NUMERAL})亿(?:零)?(?P<xw>\d+(?!\.)|{NUMERAL})(?P<xs>千|百)?(?P<xf>余|多)?万(?P<xg>余|多)?(?P<xu>{every}))",
        rf"(?P<myriad>(?P<yh>{NUMERAL})万(?P<yl>[一二三四五六七八九]千(?:[一二三四五六七八九]百)?(?:[一二三四五六七八九]十)?[一二三四五六七八九]?)(?P<yf>余|多)?(?P<yu>{every}))",
        rf"(?P<range>(?P<a1>{NUMBER})(?P<s1>{_SCALE})(?P<u1>{every})?\s*(?:-+|至|到)\s*(?P<a2>{NUMBER})(?P<s2>{_SCALE})\s*(?P<u2>{every}))",
        rf"(?P<range_word>(?P<w1>{NUMERAL})(?:[万亿](?=[至到]))?(?:[至到-])(?P<w2>{NUMERAL})(?P<ws>{_SCALE})(?P<wu>{every}))",
        rf"(?P<amount>(?P<n>{NUMBER})\s*(?P<fa>{_FUZZ})(?P<s>{_SCALE})(?P<fb>{_FUZZ}|几)\s*(?P<u>{every})?)",
        rf"(?P<numeral>(?P<cn>{NUMERAL})(?P<cfa>{_FUZZ})(?:(?P<cs>[百千]?万亿|[百千]?[万亿])(?P<cfb>{_FUZZ})(?P<cu>(?![县镇乡村]){every})|(?P<cu2>{both})))",
        rf"(?P<bare>(?<=[过超破达近上])(?P<bs>[百千]?万亿|[十百千]?[万亿])(?P<bu>{both})?)",
        rf"(?P<vague>(?<![零一二三四五六七八九十百千万两数几\d上])(?P<vs>[十百千]?万)(?P<vf>余|多)(?P<vu>{both}))",
        rf"(?P<big>(?P<gn>{NUMERAL})(?P<gfa>{_FUZZ})(?P<gs>[百千]?万亿|[百千]?[万亿])(?P<gfb>{_FUZZ}))",
    )
    passed_over = [pattern for line in read_lines("not_quantities") for pattern in line.split(" | ")]
    return Branches((*passed_over, *amounts), alike=("0123456789", _NUMERALS), flags=re.VERBOSE)


_BEFORE = re.compile(
    r"(?:(?P<ge>不低于|不少于|不小于|不得低于|不得少于|超过|突破|超出|逾|高于|大于|多于|至少(?:建成|建设|建有|配备|完成|新增|培育|发展|创建|引进|打造|举办|开展|安排|有|要)?|最低|越过|跨过|[跨迈]上|(?<!突)破|(?<!赶)超|(?<![通经不])过"
    r"|(?:^|(?<=[一-龥，,。；;、]))(?<![以之网线])上)"
    r"|(?P<le>不超过|不高于|不多于|不大于|不得超过|不突破|低于|少于|小于|不足|不到|至多)"
    r"|(?P<approx>大约|约为|(?<![签预节履合集公契])约|将近|接近|(?<![附邻靠最])近))\s*(?:了|约)?\s*$"
)
_BEFORE_ENDS = EdgeSigns(_BEFORE.pattern, last=True)
_AFTER = re.compile(
    r"\s*(?:人民币)?\s*(?:(?P<ge>及?以上|之上)|(?P<le>及?以内|之内|及?以下|内(?=[，,。；;、的]|$))|(?P<approx>左右|上下|之多))"
)
_HOLD = re.compile(r"(?:控制|压减|压缩|限制|稳定|保持)在?[^，,。；;]{0,4}$")
_OLD = re.compile(r"(?:由|从)[^，,。；;：:]{0,16}$")
_TO_NEW = re.compile(r"(?:人民币)?(?:以上|左右)?(?:[，,]?(?:分别)?(?:上升|提高|增加|增长|下降|提升|扩大|减少|降低)|[^，,；;。、\d]{0,8}?)(?:到|至|为|成)")
_JOINED = re.compile(r"\s*(?:、|和|及|与)\s*$")


def find_quantities(sentence: str, vocabulary: Vocabulary | None = None) -> list[Mention]:
    """The numbers of one sentence in reading order; dates, ordinals, model numbers and set phrases are left out."""
    words = vocabulary or Vocabulary.default()
    text = fold(sentence)
    found = [match for match in _numbers(words).find(text) if match.lastgroup]
    if not found:
        return []
    mentions = [mention for match in found if (mention := _read_match(match, text))]
    mentions = [_as_written(mention, sentence, text) for mention in mentions]
    if len(mentions) > 1:
        mentions = _share_comparators(_share_units(mentions, text), text)
    return list(_drop_unitless(mentions, text))


def _as_written(mention: Mention, sentence: str, text: str) -> Mention:
    """The unit in the signs of the document: 万套（户）."""
    unit = mention.quantity.unit
    start = mention.unit_end - len(unit)
    if "(" not in unit or text[start: mention.unit_end] != unit:
        return mention
    return replace(mention, quantity=replace(mention.quantity, unit=sentence[start: mention.unit_end]))


def _share_comparators(mentions: list[Mention], text: str) -> list[Mention]:
    """分别突破8.5万亿元、13万元: the word before the first covers all."""
    shared: list[Mention] = []
    for mention in mentions:
        last = shared[-1] if shared else None
        if (last and last.word and last.word == text[last.start: last.at].strip() and mention.quantity.comparator == "eq"
                and _JOINED.fullmatch(text, last.end, mention.start) and "分别" in text[max(0, last.start - 30): last.start]):
            quantity = replace(mention.quantity, comparator=last.quantity.comparator)
            mention = replace(mention, quantity=quantity)
        shared.append(mention)
    return shared


def _drop_unitless(mentions: list[Mention], text: str) -> Iterator[Mention]:
    """信息化发展指数达到93.4 and 突破1000万 count without a unit; a bare number in a name does not."""
    for mention in mentions:
        if mention.quantity.unit or mention.baseline or _INDEX.search(text, max(0, mention.at - 12), mention.at):
            yield mention


_INDEX = re.compile(r"(?:指数|得分|分值|系数|评分|之比|比值|密度|倍数)[^，,。；;]{0,3}(?:达到?|为|至|到|突破|超过)?$")


def _read_match(match: re.Match[str], text: str) -> Mention | None:
    # the group of a whole alternative closes after all groups inside it
    return _READERS[match.lastgroup or ""](match, text)


def _mention(match: re.Match[str], text: str, value: Decimal | None, unit: str, kind: MentionKind, *,
             maximum: Decimal | None = None, fuzzy: bool = False, comparator: Comparator | None = None,
             numeral: bool = False) -> Mention | None:
    """Put a number together with the comparator words around it."""
    if value is None:
        return None
    start, end = match.start(), match.end()
    before = _BEFORE.search(text, max(0, start - 8), start) if _BEFORE_ENDS[text[start - 1 : start]] else None
    after = _AFTER.match(text, end)
    if before and before.group().strip() == "上" and text[start] not in "百千万亿":
        before = None  # 基础上翻一番
    word, found = "", None
    if after and after.lastgroup:
        word, found = after.group().strip(), after.lastgroup
    elif before and before.lastgroup:
        word, found = before.group().strip(), before.lastgroup
    if fuzzy and found not in ("ge", "le"):
        found = "approx"
    if maximum is not None:
        found = "range"
    quantity = Quantity(value, unit, comparator or found or "eq", maximum)  # type: ignore[arg-type]
    old = bool(_OLD.search(text, max(0, start - 18), start) and _TO_NEW.match(text, end))
    return Mention(before.start() if before else start, after.end() if after else end, start, quantity, kind,
                   end, numeral, old, word)


def _plain(value: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent."""
    return Decimal(format(value.normalize(), "f"))


def _read_myriad(match: re.Match[str], text: str) -> Mention | None:
    """十五万六千人 → 15.6 万人."""
    high, low = read_numeral(match["yh"]), read_numeral(match["yl"])
    if high is None or low is None:
        return None
    value = _plain(high + low / 10000)
    return _mention(match, text, value, "万" + match["yu"], "amount", fuzzy=bool(match["yf"]), numeral=True)


def _read_percent(match: re.Match[str], text: str) -> Mention | None:
    value, upper = read_number(match["p1"]), read_number(match["p2"]) if match["p2"] else None
    mention = _mention(match, text, -value if value and _is_negative(text, match.start()) else value, match["ps"], "percent", maximum=upper)
    return replace(mention, start=mention.start - 1) if mention and mention.quantity.value < 0 else mention


def _is_negative(text: str, at: int) -> bool:
    """同比增长-9.7%, 分别增长3.8%、-1.2%: a sign, and no dash between two numbers or words."""
    return text[at - 1 : at] == "-" and bool(_SIGNED.search(text, max(0, at - 8), at - 1))


_SIGNED = re.compile(r"(?:增长|增幅|增速|下降|同比|为|%、|%和|[（(])$")


def _read_slash(match: re.Match[str], text: str) -> Mention | None:
    value = Decimal(match["sn"]) * 100 / Decimal(match["sd"])
    return _mention(match, text, _plain(value.quantize(Decimal("0.01"))) if value < 100 else None, "%", "percent")


def _read_mixed(match: re.Match[str], text: str) -> Mention | None:
    """一百三十七亿六千万元 → 137.6 亿元."""
    high, low = read_number(match["xy"]), read_number(match["xw"])
    if high is None or low is None:
        return None
    low *= _MAGNITUDES.get(match["xs"] or "", 1)
    value = _plain(high + low / 10000)
    return _mention(match, text, value, "亿" + match["xu"], "amount", fuzzy=bool(match["xf"] or match["xg"]), numeral=True)


def _read_percent_word(match: re.Match[str], text: str) -> Mention | None:
    upper = read_number(match["pw2"]) if match["pw2"] else None
    return _mention(match, text, read_number(match["pw1"]), "%", "percent", maximum=upper, numeral=True)


def _read_points(match: re.Match[str], text: str) -> Mention | None:
    upper = read_number(match["pt2"]) if match["pt2"] else None
    return _mention(match, text, read_number(match["pt1"]), "个百分点", "points", maximum=upper,
                    fuzzy=bool(match["ptf"]))


def _read_fraction(match: re.Match[str], text: str) -> Mention | None:
    value = Decimal(_DIGITS.get(match["fn"], 1) * 100) / Decimal(_DIGITS.get(match["fd"], 10))
    return _mention(match, text, _plain(value.quantize(Decimal("0.01"))), "%", "percent", numeral=True)


def _read_half(match: re.Match[str], text: str) -> Mention | None:
    over: Comparator | None = "ge" if match["half"] == "过半" else None
    return _mention(match, text, Decimal(50), "%", "percent", numeral=True, comparator=over)


def _read_tenths(match: re.Match[str], text: str) -> Mention | None:
    value, upper = read_number(match["t1"]), read_number(match["t2"]) if match["t2"] else None
    if value is None:
        return None
    value = value * 10 + (5 if match["t3"] else 0)
    return _mention(match, text, value, "%", "percent", maximum=upper * 10 if upper else None, numeral=True,
                    fuzzy=text[match.end(): match.end() + 1] == "多")


def _read_two_digit(match: re.Match[str], text: str) -> Mention | None:
    return _mention(match, text, Decimal(10), "%", "percent", comparator="ge", numeral=True)


def _read_fan(match: re.Match[str], text: str) -> Mention | None:
    if match["f2"]:
        return _mention(match, text, Decimal(2), "倍", "times", numeral=True)
    value = read_number(match["f1"]) if match["f1"] else Decimal(1)
    if value is not None and match["f3"] == "半":
        value += Decimal("0.5")
    return _mention(match, text, value, "番", "times", numeral=True)


def _read_times(match: re.Match[str], text: str) -> Mention | None:
    value = read_number(match["m1"])
    if value is not None and match["mf2"] == "半":
        value += Decimal("0.5")
    fuzzy = bool(match["mf"]) or match["mf2"] == "多"
    return _mention(match, text, value, "倍", "times", fuzzy=fuzzy)


def _read_rank(match: re.Match[str], text: str) -> Mention | None:
    value = read_number(match["r1"]) if match["r1"] else Decimal(1)
    return _mention(match, text, value, match["ru"] if match["ru"] in ("位", "名") else "位", "rank", comparator="eq",
                    numeral=True)


def _read_top(match: re.Match[str], text: str) -> Mention | None:
    value = read_number(match["o1"] or match["o2"])
    return _mention(match, text, value, match["ou"] or match["ou2"] or "位", "rank", comparator="le", numeral=True)


def _read_range(match: re.Match[str], text: str) -> Mention | None:
    low, high = read_number(match["a1"]), read_number(match["a2"])
    if match["s1"] != match["s2"] and match["s1"] and low is not None and high is not None:
        return None
    return _mention(match, text, low, match["s2"] + match["u2"], "amount", maximum=high)


def _read_range_word(match: re.Match[str], text: str) -> Mention | None:
    low, high = read_numeral(match["w1"]), read_numeral(match["w2"])
    return _mention(match, text, low, match["ws"] + match["wu"], "amount", maximum=high, numeral=True)


def _read_amount(match: re.Match[str], text: str) -> Mention | None:
    scale = match["s"].replace("余", "").replace("多", "")
    unit = scale + (match["u"] or "")
    fuzzy = bool(match["fa"] or match["fb"]) or scale != match["s"]
    return _mention(match, text, read_number(match["n"]), unit, "amount", fuzzy=fuzzy)


def _read_word_amount(match: re.Match[str], text: str) -> Mention | None:
    fuzzy = bool(match["cfa"] or match["cfb"])
    if match["cn"] == "一" and match["cu2"]:
        return None  # 一条, 一支: no count
    unit = match["cu2"] or match["cs"] + match["cu"]
    return _mention(match, text, read_numeral(match["cn"]), unit, "amount", fuzzy=fuzzy, numeral=True)


def _read_bare(match: re.Match[str], text: str) -> Mention | None:
    return _mention(match, text, Decimal(1), match["bs"] + (match["bu"] or ""), "amount", numeral=True)


def _read_vague(match: re.Match[str], text: str) -> Mention | None:
    """万余名."""
    return _mention(match, text, Decimal(1), match["vs"] + match["vu"], "amount", fuzzy=True, numeral=True)


def _read_big(match: re.Match[str], text: str) -> Mention | None:
    fuzzy = bool(match["gfa"] or match["gfb"])
    return _mention(match, text, read_numeral(match["gn"]), match["gs"], "amount", fuzzy=fuzzy, numeral=True)


_READERS = {
    "percent": _read_percent, "slash": _read_slash, "mixed": _read_mixed, "myriad": _read_myriad, "percent_word": _read_percent_word, "points": _read_points, "fraction": _read_fraction,
    "half": _read_half, "tenths": _read_tenths, "two_digit": _read_two_digit, "fan": _read_fan, "times": _read_times,
    "rank": _read_rank, "top": _read_top, "range": _read_range, "range_word": _read_range_word,
    "amount": _read_amount, "numeral": _read_word_amount, "bare": _read_bare, "vague": _read_vague, "big": _read_big,
}


def _share_units(mentions: list[Mention], text: str) -> list[Mention]:
    """高于全国、全省3.3、1.5个百分点: the first number takes the unit of the second; 2%、5%和7%以上: all at least."""
    shared: list[Mention] = []
    following: Mention | None = None
    for mention in reversed(mentions):
        joint = following and _JOINED.fullmatch(text, mention.unit_end, following.start)
        if following and joint:
            mention = _take_over(mention, following, joint.group().strip())
        shared.append(mention)
        following = mention
    shared.reverse()
    return shared


def _take_over(mention: Mention, following: Mention, joint: str) -> Mention:
    quantity = mention.quantity
    if not quantity.unit:
        mention = replace(mention, kind=following.kind, quantity=replace(quantity, unit=following.quantity.unit))
    passed_on = following.end == following.unit_end  # 2%、5%和7%以上: what 和 took over goes on through 、
    covers = following.word in ("以上", "及以上", "左右", "以内", "以下") and (joint != "、" or passed_on)
    if following.baseline:
        mention = replace(mention, baseline=True)
    if covers and mention.quantity.comparator == "eq":
        comparator = following.quantity.comparator
        mention = replace(mention, quantity=replace(mention.quantity, comparator=comparator), word=following.word)
    return mention
