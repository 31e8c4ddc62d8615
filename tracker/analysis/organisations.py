"""Which body speaks: names of departments, governments and firms, completed with their city; speakers and their posts.

The words are data (``lexicon/organisation_*.txt``, ``places.txt``, ``posts.txt``); this module knows only how a name is
put together: ``[place] stem suffix`` (青岛市 + 财政 + 局), ``[place] whole`` (市 + 妇联) or ``name 集团/公司``.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from tracker.analysis.places import Place, place_names, place_pattern, places, short_place, without_province
from tracker.analysis.vocabulary import alternation, read_lines, read_words

_HAN = "\u4e00-\u9fa5"
_PREFIX = r"我?市|我?省|我?区|我?县|州|自治区|自治州|旗|国家|全国|中央|新区|高新区|开发区"
_FIRM = rf"[{_HAN}A-Za-z0-9（）()]{{2,22}}?(?:集团|控股|股份|总公司|公司|银行|总厂|研究院|研究所|大学|学院|医院|管委会|管理委员会)(?:股份)?(?:有限(?:责任)?公司|总公司)?"
_REPORT = r"总结|情况|报告|计划|打算|要点|安排|方案|规划|思路|汇报|小结|成效|亮点|回顾|任务|目标|台账|清单|述职|承诺|进展|讲话|致辞|贺词|动态|简报"
_SAID = r"表示|介绍|承诺|说|告诉记者|指出|谈到|坦言|透露|提出|强调|汇报|发言|作表态|表态|宣布|立下|[:：]"
# between the name and 表示: 向家长们承诺, 则把话说, 13日在…发布会上表示
_MANNER = r"(?:\d{1,2}日)?[向则在对把就当代现][^，。；：:]{0,40}?"
# offices of party and congress that a head of department may hold as well
_SECOND_HAT = ("政协", "人大", "工委", "组织部", "常委", "政府")


@dataclass(frozen=True, slots=True)
class Labels:
    """What labels beside an item of a plan say: 责任单位：市教育局；责任人：王一民；完成时限：2024年6月底."""

    organisation: str = ""
    owner: str | None = None
    post: str | None = None
    deadline: str = ""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who gives a pledge: body as written ("" where a title only says 公司), person and post; ``end`` is where the words
    spoken begin."""

    organisation: str
    owner: str | None
    post: str | None
    end: int


@lru_cache(maxsize=1)
def _body() -> str:
    """Regex of a body's name without its place."""
    stems = alternation(read_words("organisation_stems"))
    suffixes = alternation(read_words("organisation_suffixes"))
    whole = alternation(read_words("organisation_whole"))
    return rf"(?:(?:{whole})|(?:{stems})(?:[和与、](?:{stems}))?(?:{suffixes})(?!(?<=部)(?:门|队)))"


@lru_cache(maxsize=1)
def _name() -> str:
    """Regex of a body's name with an optional place: 青岛市财政局, 市财政局, 省发改委, 即墨区教育局, 财政部."""
    place = alternation([*places(), *place_names()])
    district = rf"(?!会同|协同|联合|配合|组织|指导|[由和与向对在经及访据从受请让给被将把])(?:[{_HAN}]{{1,4}}?(?:区|县|州|旗)|[{_HAN}]{{2,3}}市)"
    return rf"(?:(?:中共)?(?:{place})?(?:{_PREFIX}|{district})?{_body()})"


@lru_cache(maxsize=1)
def _sources() -> dict[str, str]:
    posts = alternation(read_words("posts"))
    lead = r"(?:[^，,。；:：]{1,18}[，,]|(?:19|20)\d\d年)?"
    return {
        "name": _name(),
        "header": rf"(?P<name>{_name()})(?:[:：]|(?:关于|[（(]?(?:19|20)\d\d|工作|年度|上半年|全年|新年|新春)\S*(?:{_REPORT})\S{{0,12}}|[{_HAN}]{{2,14}}(?:工作报告|情况(?:的)?报告|工作总结|情况汇报))?$",
        "told": rf"[^，。]{{0,24}}从(?P<name>{_name()}|[{_HAN}]{{4,14}}?(?:办公室|协会|领导小组|管委会|指挥部|局|厅))[^，。]{{0,8}}(?:获悉|了解到|得知)",
        "firm": rf"(?P<name>{_FIRM})(?:关于)?(?:[（(]?(?:19|20)\d\d|工作|年度|上半年)\S*(?:{_REPORT})\S{{0,12}}$",
        "subject": rf"{lead}(?:中共)?(?P<name>{_name()})(?!党[组委]|书记|[主局厅部]?[任长]|等|和[^，。]{{2,8}}[局委厅]联|的[^，。]{{2,12}}(?:报告|文件))",
        "speaker": rf"(?P<title>[^，,。；;:：“”]{{2,70}}?(?:{posts}))(?P<name>[{_HAN}]{{2,3}}?|[{_HAN}]{{1,6}}·[{_HAN}]{{1,6}})(?:同志|先生|女士)?(?:详细|重点|全面)?(?:(?:{_MANNER})?(?:{_SAID})|$)",
        "person": rf"(?:承诺|责任|负责|牵头)人[:：](?P<title>[^，,；;。：:]{{0,30}}?(?:{posts}))?(?P<name>[{_HAN}]{{2,3}})(?=$|[，,；;。（）()])",
        "post": rf"(?:{posts})(?:、(?:{posts}))*$",
        "said": rf"[”」](?:[^“”，。]{{0,30}}?)(?P<title>{_name()}[^，。“”]{{0,16}}?(?:{posts}))(?P<name>[{_HAN}]{{2,3}})(?:{_SAID})",
    }


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """Compiled when first asked for: most hold the names of all places, and a government's report needs but two."""
    return re.compile(_sources()[kind])


# whose 市财政局 a city's or district's is; 市财政局 in a county's paper is the city's above it
_HEADS = {"市": ("市", "州", "盟", "地区"), "县": ("县", "旗"), "区": ("区",)}


def full_name(name: str, place: Place, content: str = "") -> str:
    """市财政局 → 青岛市财政局, 青岛应急管理局 → 青岛市应急管理局, 省教育厅 → 山东省教育厅; a district as ``content``
    names it in full (西海岸新区 → 青岛西海岸新区); other names as written."""
    name = without_province(name.removeprefix("我").removeprefix("中共"))
    if name.startswith(("市", "县", "区")) and place.city.endswith(_HEADS[name[0]]):
        return place.city + name[1:]
    if name.startswith(("省", "自治区")) and place.province:
        return place.province + re.sub(r"^(省|自治区)", "", name)
    short = short_place(place.city) if place.city else ""
    if short and place.city != short and name.startswith(short) and not name.startswith(place.city):
        rest = name[len(short):]
        if re.fullmatch(_body(), rest):
            return place.city + rest
    if short and name.endswith(("区", "县")) and f"{short}{name}" in content[:100_000]:
        return short + name
    return name


def as_written_in_full(name: str, content: str, place: Place) -> str:
    """望海市住建局 → 望海市住房和城乡建设局, where the beginning of the text says so."""
    named = [full_name(other, place) for other in find_names(content[:1200])] if name else []
    key = organisation_key(name.removeprefix(place.city))
    same = [other for other in named if len(other) > len(name) and other[-1] == name[-1] and organisation_key(other.removeprefix(place.city)) == key]
    return max(same, key=len, default=name)


# --- names in running text --------------------------------------------------------------------------------------

def header_organisation(line: str) -> str | None:
    """The body whose part of a document a heading opens: 青岛市供销社2021年上半年工作总结, 青岛市人民政府办公厅："""
    line = re.sub(r"^[\s#*《【]+|[\s*》】]+$", "", line)
    if not 3 <= len(line) <= 60 or not _BODY_END.search(line):
        return None
    match = _pattern("header").match(line)
    if match:
        return match["name"] if _can_head(match["name"], line) else None
    firm = _pattern("firm").match(line) or _DISTRICT.match(line)
    return firm["name"] if firm else None


def headline_organisation(title: str) -> str | None:
    """The body that a headline is about: 望海市教育局：今年新增学位5000个; a firm that is the whole of it: 望海水务集团."""
    name, colon, _ = re.sub(r"\s", "", title).replace(":", "：").partition("：")
    if not 3 <= len(name) <= 30:
        return None
    if colon and re.fullmatch(_name(), name) and _can_head(name, title):
        return name
    return name if re.fullmatch(_FIRM, name) and not _GENERAL_FIRM.search(name) else None


_SOURCE = re.compile(
    rf"(?:来源|发文(?:单位|机关)|发布(?:机构|单位)|公开单位|供稿(?:单位)?)\s*[:：]\s*([{_HAN}]{{3,24}})(?=[\s）)】]|$)"
    rf"|^\s*(?:19|20)\d\d[-./年]\d{{1,2}}[-./月]\d{{1,2}}日?(?:\s+\d{{1,2}}:\d\d(?::\d\d)?)?[\s|]+([{_HAN}]{{3,20}})[\s|]*$", re.M)


def find_source(content: str, place: Place) -> str:
    """The body that a line 来源：望海市水利局 or 2024-05-06 望海市水利局 names, in full; "" for a newspaper's or none."""
    for found in _SOURCE.finditer(content[:1500]):
        name = found[1] or found[2]
        if re.fullmatch(_name(), name):
            return full_name(name, place)
    return ""


def only_body(content: str, place: Place) -> str:
    """The one body of its place that a text names, in full; "" when it names several or none."""
    named = {full_name(name, place) for name in find_names(content[:20_000])}
    own = [name for name in named if place.city and name.startswith(place.city)]
    return own[0] if len({organisation_key(name) for name in own}) == 1 else ""


_FIRM_DOES = re.compile(rf"({_FIRM})(?=召开|举行|组织|完成|实现|上半年|前三季度|一季度|今年|全力|主要|多措|积极|扎实|加快|推进|开展)")


def headline_subject(title: str) -> str:
    """The body that a headline tells of, for a text that names nobody: 望海市水利局召开…, 海湾集团上半年…; "" without one."""
    title = re.sub(r"\s", "", title)
    firm = _FIRM_DOES.match(title)
    return firm[1] if firm and not _GENERAL_FIRM.search(firm[1]) else subject_organisation(title) or ""


_FIRM_OPENS = re.compile(rf"(?:[^，,。；:：]{{1,18}}[，,])?({_FIRM})(?=认真|坚持|积极|深入|全面|紧紧|牢牢|围绕|始终|主动|扎实|全力|持续|加快|着力|统筹|累计|共|上半年|今年)", re.M)


def telling_firm(content: str) -> str:
    """The firm that the first lines of a text are about: 今年以来，海湾铁路总公司认真贯彻…; "" without one."""
    for line in content[:1500].splitlines()[:12]:
        found = _FIRM_OPENS.match(line.strip())
        if found and not _GENERAL_FIRM.search(found[1]):
            return found[1]
    return ""


_GENERAL_FIRM = re.compile(r"^(?:全|各|这|我|一|两|三|国有|市属|省属|大型|上市)|[和与的了从在对将就]|介绍|表示|通过|成立|召开")
_BODY_END = re.compile(r"[局委厅部办室社院府司团行会校学心署区县旗厂所协联关]")
# 西海岸新区:高质量打造… over the page that a newspaper gives to a district
_DISTRICT = re.compile(rf"(?P<name>[{_HAN}]{{1,7}}(?:新区|开发区|高新区|[^地社片小园城郊市山景灾库矿牧农林](?:区|县|旗)))[:：][^，。；]{{0,30}}$")


def _can_head(name: str, line: str) -> bool:
    """A bare 建设部 or 文化办 in a short line is more often a word than a body; with a place or a report's name it is one."""
    has_place = place_pattern().match(name) or re.match(r"我?[市省]|国家|中共|.{1,5}[区县]", name)
    return bool(has_place) or len(line.rstrip(":：")) > len(name) + 4 or (name.endswith("部") and len(name) >= 4)


def find_names(text: str) -> list[str]:
    """All names of bodies in a text, in order."""
    return [match.group() for match in _pattern("name").finditer(text)]


def subject_organisation(sentence: str) -> str | None:
    """The body that a paragraph's first sentence is about: 今年以来，市供销社围绕… → 市供销社; or has told: 记者从市供销社获悉."""
    match = _pattern("subject").match(sentence)
    if not match and ("获悉" in sentence or "了解到" in sentence or "得知" in sentence):
        match = _pattern("told").match(sentence)
    if not match:
        return None
    name = match["name"]
    anchored = place_pattern().match(name) or re.match(r"我?[市省县区]|国家|中共|.{1,5}[区县州旗]|.{2,3}市", name)
    return name if anchored else None


_SHORT_FOR = re.compile(r"[（(](?:以下)?简称[^）)]*[）)]")


def find_speaker(sentence: str) -> Speaker | None:
    """The person and body in front of 表示 or a colon: 市财政局党组书记、局长鞠立果表示，要…"""
    match = _pattern("speaker").match(_SHORT_FOR.sub("", sentence[:200]) if "简称" in sentence[:200] else sentence)
    if not match:
        return None
    return _speaker(match["title"], match["name"], match.end())


def find_speaker_after(sentence: str) -> Speaker | None:
    """The same behind the words spoken: “…”市国资委党委书记、主任陈凯说。"""
    match = _pattern("said").search(sentence)
    return _speaker(match["title"], match["name"], match.end()) if match else None


# 集团公司董事长董林: the text says elsewhere which one
_GENERAL_BODY = re.compile(r"(?:集团)?公司|集团|该局|该公司|我局|本局")


def find_employer(owner: str, content: str) -> str:
    """The body that a text names in front of a person's post: 海湾集团董事长王一民; "" where it names none."""
    posts = alternation(read_words("posts"))
    for found in re.finditer(rf"(?P<title>[{_HAN}（）()]{{2,30}}?(?:{posts}))(?:、(?:{posts}))*{re.escape(owner)}", content):
        names = find_names(found["title"]) or [firm[0] for firm in re.finditer(_FIRM, found["title"]) if not _GENERAL_BODY.match(firm[0])]
        if names:
            return names[0]
    return ""


def _speaker(title: str, owner: str, end: int) -> Speaker | None:
    names = [name for name in find_names(title) if not name.endswith(_SECOND_HAT)] or _leading(title)
    if not names:
        return Speaker("", owner, None, end) if _GENERAL_BODY.match(title) else None
    organisation = names[0]
    at = title.find(organisation)
    rest = title[at + len(organisation):] if at >= 0 else title
    second = _pattern("name").search(rest)
    post = _pattern("post").search(rest[: second.start()].rstrip("、") if second else rest)
    return Speaker(organisation, owner, post.group() if post else None, end)


_SECRETARY = re.compile(rf"(?:中共)?([{_HAN}]{{0,4}}[省市县区旗州]委)(?:常务副|副)?书记")
_MAYOR = re.compile(rf"([{_HAN}]{{0,4}}[省市县区旗州])(?:人民政府)?(?:党组(?:成员|书记)、)?(?:常务副|副|代)?[省市县区旗州]长")


def _leading(title: str) -> list[str]:
    """Whom a leader or a manager speaks for: 临水县委书记 → 临水县委, 临水县县长 → 临水县人民政府, 市自来水公司总经理."""
    if found := _SECRETARY.search(title):
        return [found[1]]
    if found := _MAYOR.search(title):
        return [found[1] + "人民政府"]
    firm = re.match(_FIRM, title)
    return [firm.group()] if firm else []


_UNIT = re.compile(r"(?:责任|牵头|承诺|填报|报送|主办|承办)(?:单位|部门)[:：为是]?\s*([^，,；;。、（）()\s]{3,30})")
_DEADLINE = re.compile(r"(?:完成|办结|整改)?(?:时限|期限|时间)[:：]\s*([^，,；;。（）()]{2,24})")


def read_labels(text: str) -> Labels | None:
    """The labels of a paragraph; None when it has none."""
    unit, person, deadline = _UNIT.search(text), _pattern("person").search(text), _DEADLINE.search(text)
    if not (unit or person or deadline):
        return None
    title = (person["title"] or "") if person else ""
    post = _pattern("post").search(title)
    named = find_names(title)
    return Labels(unit[1] if unit else named[0] if named else "", person["name"] if person else None,
                  post.group() if post else None, deadline[1] if deadline else "")


# --- the same body under another name ---------------------------------------------------------------------------

@lru_cache(maxsize=1)
def shipped_aliases() -> dict[str, str]:
    """Name without place → present full name, from ``lexicon/organisation_aliases.txt``."""
    groups = [line.split() for line in read_lines("organisation_aliases")]
    return {name: group[0] for group in groups for name in group}


def organisation_key(name: str, aliases: Mapping[str, str] | None = None) -> str:
    """Normal form under which names of one body meet: 青岛市发改委 and 青岛市发展和改革委员会 have the same key.

    ``aliases`` (name in full → name in full) come from an administrator and are asked first."""
    if aliases and name in aliases:
        name = aliases[name]
    match = place_pattern().match(name)
    place, rest = (match.group(), name[match.end():]) if match else ("", name)
    place = place_names().get(place, place)
    rest = re.sub(r"^(?:市|省|自治区)", "", rest)
    return place + shipped_aliases().get(rest, rest)


def same_organisation(left: str, right: str, aliases: Mapping[str, str] | None = None) -> bool:
    """Whether two names mean one body."""
    return organisation_key(left, aliases) == organisation_key(right, aliases)


def government_of(names: Iterable[str]) -> str:
    """国务院 for the nation, 青岛市人民政府 for the first place named; "" without one."""
    for name in names:
        if "国务院" in name:
            return "国务院"
        match = place_pattern().search(name)
        if match:
            return place_names().get(match.group(), match.group()) + "人民政府"
    return ""
