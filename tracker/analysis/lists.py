"""Lists of subjects: A、B分别达到x、y; 城镇、农村居民人均可支配收入; 存贷款余额均超过x."""
from __future__ import annotations

import re

from tracker.analysis.vocabulary import Vocabulary

_PAIRS = {"存贷款": ("存款", "贷款"), "城乡": ("城市", "农村"), "进出口": ("进口", "出口"), "收支": ("收入", "支出"),
          "产销": ("产量", "销量"), "公铁": ("公路", "铁路"), "中小学": ("中学", "小学")}
_ASIDE = re.compile(r"[（(][^（()）]*[)）]")
_DIRECTION = re.compile(r"(?:下降|减少|改善|降低|缩短|压减)$")
_JOINT = re.compile(r"、|以及|和(?!谐|平)|(?<![普以涉波惠顾遍])及(?!时|其|格|率)|与|[，,]")
_ETC = re.compile(r"等(?:传统|主要|重点)?[^、]{0,4}(?=市场|国家|地区|领域|行业)(?:市场|国家|地区|领域|行业)|等")
_BARE = re.compile(r"(?:收入|支出|产量|产值|销量|面积|利润|投资|起数|死亡人数|受伤人数|人数|余额)$")
_OWNER = re.compile(
    r"^.*?(?:企业|医院|集团|公司|国企|国有企业|港口|港|机场|市区|全市|全省|全县|片区|示范区|开发区|系统|单位|学校|城市|国家|全国|机构|本外币|工业|农村|城镇|规上|规模以上"
    r"|新增|新建|引进|新获批|新认定|市级|省级|国家级|市属|省属|县级|在校|职工|农民|农牧民|居民|对)(?=..)"
)


def split_subjects(words: str, size: int, vocabulary: Vocabulary) -> list[str] | None:
    """``size`` subjects out of one phrase, each with the owner before the first and the head noun after the last;
    None when the phrase does not hold so many."""
    words = _ASIDE.sub("", words.replace("分别", "")).strip("、，, ")
    direction = _DIRECTION.search(words)
    ending = direction.group() if direction else ""
    body = words[: len(words) - len(ending)]
    for parts in (body.split("、"), [part for part in _JOINT.split(body) if part]):
        if len(parts) == size > 1 and all(part.strip() for part in parts):
            return [part + ending for part in _share(parts, vocabulary)]
    if size == 2:
        for pair, halves in _PAIRS.items():
            if body.count(pair) == 1:
                return [body.replace(pair, half) + ending for half in halves]
    return None


def count_subjects(words: str) -> int:
    """How many subjects a phrase lists, for 均 and 各: 资产总额、营业收入、利税以及固定资产投资 is four."""
    parts = [part for part in _JOINT.split(words.strip("、，, ")) if part.strip()]
    if len(parts) > 1:
        return len(parts)
    return 2 if any(words.count(pair) == 1 for pair in ("存贷款",)) else 1


def _share(parts: list[str], vocabulary: Vocabulary) -> list[str]:
    parts = [part.strip() for part in parts]
    etc = _ETC.search(parts[-1])
    if etc:
        parts[-1] = parts[-1][: etc.start()] + parts[-1][etc.end():]
    parts = _share_head(parts, vocabulary)
    return _share_owner(parts)


_ORDINALS = frozenset("一二三四")


def _share_head(parts: list[str], vocabulary: Vocabulary) -> list[str]:
    """城镇、农村居民人均可支配收入: the head noun of the last part goes to all, unless they have heads of their own."""
    last = parts[-1]
    if last[0] in _ORDINALS and all(part in _ORDINALS for part in parts[:-1]):
        return [*(part + last[1:] for part in parts[:-1]), last]      # 一、二、三次产业
    if last[-1] in "率比额入值" and any(part[-1] == last[-1] for part in parts[:-1]):
        return parts  # 供水率、普及率: heads of their own
    if more := _more_than(parts[:-1], last):
        return [*(part + more for part in parts[:-1]), last]
    for heads in (vocabulary.head, vocabulary.entity):
        places = [found.start() for found in heads.finditer(last, 1)]
        if places and not any(heads.search(part, 1) for part in parts[:-1]):
            return [*(part + last[places[0]:] for part in parts[:-1]), last]
        if places:
            break
    return parts


_METRIC = re.compile(r"(?:人数|人次|户数|面积|收入|支出|余额|总额|金额|数量|产量|产值|销量|规模|投入|投资|增速|增幅|降幅|占比|比重|比例|强度|标准|水平|[一-龥]率)$")


def _more_than(parts: list[str], last: str) -> str:
    """养老保险、医疗保险参保人数: what the last part says beyond the word that all of them end in; empty without such."""
    for size in (4, 3, 2):
        word = parts[0][-size:]
        at = last.find(word, 1)
        if len(word) == size and at > 0 and all(part.endswith(word) for part in parts):
            more = last[at + size:]
            return more if _METRIC.search(more) else ""
    return ""


def _share_owner(parts: list[str]) -> list[str]:
    """市区PM2.5平均浓度、PM10平均浓度: the owner before the first part goes to the others."""
    bare = _BARE.search(parts[0])
    if bare and bare.start() > 1 and all(_BARE.fullmatch(part) for part in parts[1:]):
        return [parts[0], *(parts[0][: bare.start()] + part for part in parts[1:])]  # 地方财政收入和支出
    owner = ""
    rest = parts[0]
    while found := _OWNER.match(rest):
        owner, rest = owner + found.group(), rest[found.end():]
        if abs(len(rest) - len(parts[1])) <= 3:
            break
    if not owner or not rest or _OWNER.match(parts[1]) or abs(len(rest) - len(parts[1])) > 6:
        return parts
    return [parts[0], *(part if part.startswith(owner[:2]) else owner + part for part in parts[1:])]
