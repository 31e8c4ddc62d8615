"""Where a document comes from: names of provinces, cities and counties, listed or inferred from the offices named after them."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tracker.analysis.records import Text
from tracker.analysis.vocabulary import alternation, read_words

_HAN = "\u4e00-\u9fa5"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document comes from, in full: city 青岛市, province 山东省; "" where the text does not say."""

    city: str = ""
    province: str = ""


@lru_cache(maxsize=1)
def places() -> tuple[str, ...]:
    """Full names of provinces and cities."""
    return read_words("places")


def short_place(name: str) -> str:
    """青岛市 → 青岛, 宁夏回族自治区 → 宁夏, 延边朝鲜族自治州 → 延边."""
    short = re.sub(r"(?:维吾尔|哈萨克|壮族|回族|藏族)*自治[区州]$|(?<=内蒙古)自治区$|[省市盟]$|地区$", "", name)
    short = re.sub(r"(?:维吾尔|哈萨克|蒙古族|朝鲜族|土家族|苗族|布依族|侗族|藏族|羌族|彝族|哈尼族|壮族|傣族|白族|景颇族|傈僳族|回族)+$", "", short)
    return short if len(short) >= 2 else name[:2]


@lru_cache(maxsize=1)
def place_names() -> dict[str, str]:
    return {short_place(name): name for name in reversed(places())}


@lru_cache(maxsize=1)
def place_pattern() -> re.Pattern[str]:
    return re.compile(alternation([*places(), *place_names()]))


@lru_cache(maxsize=1)
def counties() -> frozenset[str]:
    """Names of counties, districts, banners and cities of their rank."""
    return frozenset(read_words("counties"))


def without_province(name: str) -> str:
    """浙江省仙居县交通局 → 仙居县交通局; 浙江省城市管理局 and 浙江省交通厅 stay."""
    province = next((one for one in places()[:31] if name.startswith(one) and not one.endswith("市")), "")
    rest = name[len(province):]
    if not province or not rest:
        return name
    county = next(iter(find_counties(rest[:_LONGEST])), (1, 1))
    city = place_pattern().match(rest)
    return rest if county[0] == 0 or (city and city[0] in places()) else name


_COUNTY_END = re.compile("[县区市旗]")
_LONGEST = 15
# what may stand right before a name: nothing, a sign that is no word, a particle, the place above it
_BOUND = re.compile(rf"(?:^|[^{_HAN}]|[在从由向与和对据为以经给让被该省市州请是到了])\Z")


def find_counties(text: str) -> Iterator[tuple[int, int]]:
    """Where names of listed counties stand in a text. One of a single sign (房县) only counts where a word can begin."""
    known, last = counties(), 0
    for end in _COUNTY_END.finditer(text):
        for size in range(min(_LONGEST, end.end() - last), 1, -1):
            start = end.end() - size
            if text[start : end.end()] in known and (size > 2 or _BOUND.search(text, max(0, start - 1), start)):
                yield start, end.end()
                last = end.end()
                break


# --- where the document comes from -----------------------------------------------------------------------------

_OURS = re.compile("[我全][县区旗]|[县区旗][委政长]")
_CITYS = re.compile("[我全]市|市[委政长]")


def find_place(text: Text) -> Place:
    """City (or county) and province that a document speaks of most, from title, file name, issuer and the first pages."""
    head = " ".join(fact.value for fact in (text.title, text.issuer) if fact)
    weight: Counter[str] = Counter()
    for source, points in ((head, 20), (text.name, 20), (text.content[:6000], 1)):
        if points == 1 and weight:
            source = source[:1500]        # title and file name have said it; only the other level is still open
        for found in place_pattern().findall(source):
            weight[place_names().get(found, found)] += points
    provinces = {name for name in places()[:31] if not name.endswith("市")}
    municipal = set(places()[:4])
    city = max((n for n in weight if n not in provinces), key=lambda n: weight[n], default="")
    province = max((n for n in weight if n in provinces), key=lambda n: weight[n], default="")
    if county := _county_of(f"{head} {text.name}", text.content[:6000], named=weight[city] >= 20):
        return Place(city=county, province=province)
    city = city or _unlisted_city(f"{head} {text.name} {text.content[:20000]}") or _titled_city(head)
    if city in municipal:
        return Place(city=city, province=city)
    return Place(city=city, province=province)


def _county_of(head: str, content: str, *, named: bool) -> str:
    """The county that speaks, with its city where that stands before it: title or file name name it, or the text says
    我县 more often than 我市 and no city is ``named`` in the title."""
    found = [head[start:end] for start, end in find_counties(head)]
    if not found and not named and len(_OURS.findall(content)) > len(_CITYS.findall(content)):
        found = [content[start:end] for start, end in find_counties(content)]
    if not found:
        return ""
    county = Counter(found).most_common(1)[0][0]
    above = re.search(rf"({place_pattern().pattern}){county}", f"{head} {content}")
    return above[0] if above and above[1].endswith(("市", "州", "盟")) else county


# what stands behind a name is looked for first: Han signs stand everywhere
_PAPER = re.compile("日报|晚报|早报|新闻网|发布|融媒")
_CITY = re.compile(rf"[市县区](?=人民政府|委|政府|[{_HAN}]{{2,8}}局|人民法院|人大|政协)")
_TWO = re.compile(rf"[{_HAN}]{{2}}\Z")
# words that stand in front of a bare 市 or 县 and are no part of its name: 否则向市委, 工作在市财政局, 传达学习县委
_NO_NAME = re.compile(r"^[我全各本在向由和与及对省]|[向在从由与及对将把为让按经到给受据报请以的了该我各习全辖城新园片社地山景][市县区]$|^..和[市县区]$|(?:开发|高新|自治|示范)区$")


def _unlisted_city(content: str) -> str:
    """A city or county that the list does not know, when its own offices are named: 望海市财政局."""
    named = Counter(name for end in _CITY.finditer(content) if (name := _name_before(content, end)) and not _NO_NAME.search(name))
    if named:
        return str(named.most_common(1)[0][0])
    papers = (f"{found[0]}市" for end in _PAPER.finditer(content) if (found := _TWO.search(content, max(0, end.start() - 2), end.start())))
    return next((city for city in papers if city in content), "")


def _name_before(content: str, end: re.Match[str]) -> str:
    """The two or three signs before 市 or 县, where a word can begin before them: 从望海|市, and not 紧围绕|县."""
    for size in (2, 3):
        start = end.start() - size
        # \Z and not $: that one also stands before the end of a line, and a heading is no part of the next one's name
        if start >= 0 and re.fullmatch(rf"[{_HAN}]+", content[start : end.start()]) and _BOUND.search(content, max(0, start - 1), start):
            return content[start : end.end()]
    return ""


_TITLED = re.compile(rf"(?:关于)?([{_HAN}]{{2,3}}[市县区旗])(?=(?:19|20)\d\d年|国民经济|政府工作)")


def _titled_city(head: str) -> str:
    """临江县2024年重点工作任务清单."""
    found = _TITLED.match(head.strip())
    return found[1] if found and not _NO_NAME.search(found[1]) else ""


