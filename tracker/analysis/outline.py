"""The build of a document: departments' parts, headings, the role of each section, paragraphs and sentences.

``read_outline`` walks the paragraphs once and gives sentences in reading order, each with the section it stands in.
Nothing here looks at numbers; what a sentence says is decided by the modules after it.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from tracker.analysis.normalise import Folded, fold, join
from tracker.analysis.organisations import find_speaker, header_organisation
from tracker.analysis.records import Paragraph, Text, record
from tracker.analysis.roles import NEXT, PLAN_OPENERS, WHOLE_REVIEW, Role, heading_role, lead_role, title_role

_NUMBERED = (
    (1, re.compile(r"^(?:第[一二三四五六七八九十]+[章部编篇](?:分)?|[一二三四五六七八九十]{1,3}[、.．]|[IVX]+[.、])")),
    (2, re.compile(r"^(?:第[一二三四五六七八九十]+节|[（(][一二三四五六七八九十]{1,3}[）)])")),
    (3, re.compile(r"^(?:\d{1,2}[、.．](?!\d)|[（(]\d{1,2}[）)]|[①-⑳])")),
)
_MARKS = "#*> \t"
_DATE_LINE = re.compile(r"^(?:发布(?:时间|日期)[:：]?)?((?:19|20)\d\d)[-./年](\d{1,2})[-./月](\d{1,2})日?$")
_TOC_LINE = re.compile(r"(?:[.．…·]{2,}|\s)\d{1,4}$")
_FURNITURE = re.compile(
    r"^(?:[（(]?(?:责任)?编辑[:：]|[（(]?来源[:：]|[（(]?文章来源|[（(]?记者[:：]?|□|通讯员|(?:本报|全媒体)?记者[^，。]{0,12}$|打开APP|返回|分享|扫一扫|相关阅读|热门评论|最热评论|客户端|发布(?:时间|日期|机构|单位)[:：]|公开日期[:：]|索引号|主题分类|发文(?:单位|机关|字号)[:：]|成文日期[:：]|(?:19|20)\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?\d{1,2}:\d\d|date[:：]|author[:：]|\d\d\.\d\d\.\d{4}|原标题|发表时间[:：]|发布人[:：]|主编|美编|图为|图[:：]|摄影|第?\d+版|https?://|[-—]?\s*\d+\s*[-—]?$)"
)
# （记者李明）记者昨日从市统计局获悉，… is running text; the lines around an article are short and break off
_RUNNING = re.compile(r"^.{24,}[。；]$|^.{60,}$", re.S)


def _is_furniture(line: str) -> bool:
    return _FURNITURE.match(line) is not None and not _RUNNING.search(line)


_ADDRESS = re.compile(r"^(?:各位代表|同志们|各位委员|各位领导|各位同志|女士们)[^。]{0,12}[：:！!，,]?$")
_ENDS = tuple("。！？!?；;：:…”」』）)】》—-")
_STARTS = re.compile(r"^(?:[一二三四五六七八九十]{1,3}[、是]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.．](?!\d)|第[一二三四五六七八九十]+[,，、章节部]|[①-⑳•·●■◆▲—#*>])")
_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]+[”’」』）)]*|[^。！？!?]+$")
_LONG = re.compile(r".{1,1200}[；;，,、]|.{1,1200}", re.S)
_RUN_INTO = re.compile(r"(?<=—)[^\S\n]*\n\s*\n\s*")


@record
class Section:
    """What is known of the place where a sentence stands. ``organisation`` is "" until a header has named one;
    ``part`` counts departments' parts; ``heading`` is the nearest heading, ``top`` the one of the highest level."""

    role: Role
    part: int = 0
    organisation: str = ""
    published_on: date | None = None
    title: str = ""
    top: str = ""
    heading: str = ""
    said: bool = False                # the role was announced by a heading or a lead-in, not only assumed


@dataclass(slots=True)
class Sentence:
    """One folded sentence. ``lead`` is True for the first of its paragraph; ``block`` counts paragraphs."""

    folded: Folded
    section: Section
    paragraph: Paragraph
    block: int
    lead: bool
    paragraph_text: str = ""          # the whole paragraph, folded; given with its first sentence only
    topic: bool = False               # 一是深化改革。 in front of what is meant by it

    @property
    def text(self) -> str:
        return self.folded.text


@dataclass(slots=True)
class _Block:
    folded: Folded
    paragraph: Paragraph
    heading: int | None               # level, or None for running text
    labels: str = ""                  # 责任单位：… on the lines below an item, which say whose it is


# --- blocks: paragraphs, hard-wrapped lines joined ---------------------------------------------------------------

def _heading_level(paragraph: Paragraph, text: str) -> int | None:
    if len(text) > 80 or _NUMBERED_GOAL.match(text) or _has_label(text):
        return None
    if _POST.search(text) and _names_speaker(text):
        return None
    if paragraph.style == "heading" and len(text) <= 80 and text[-1:] not in "：:":
        return numbered_level(text) or paragraph.level or 2
    if len(text) > 60 or text[-1:] in "。；;，,！!、" or not text:
        return None
    level = numbered_level(text)
    if level is None and len(text) <= 24 and _YEAR_HEADING.match(text) and not re.search(r"[，,。；：]", text):
        return 1
    return level


def _names_speaker(line: str) -> bool:
    """Whether a line stands over a pledge: 市教育局局长 李明; 市教育局局长李明：办好“家门口的学校”."""
    return (line[-1:] not in _ENDS or (line[-1] == "”" and ("：" in line or ":" in line))) and find_speaker(line) is not None


# 一、年内新建社区食堂60处，9月底前建成30处。 is an item of a list of goals and no heading
_NUMBERED_GOAL = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,2}[）)]|\d{1,2}[.、．](?!\d)).*(?<![\d年第])\d+(?:\.\d+)?(?!年|月|\d|号|\.)[^，。]*[，。；）)].*(?:[。；）)]|单位[:：].*)$")
_COUNTY = re.compile(r"([\u4e00-\u9fa5]{2,3})[:：][^，。；\s]{6,30}$")


def _county(line: str, content: str) -> str | None:
    """胶州:为打造…注入动能 over the page a newspaper gives to a county: the county, named in full by the text."""
    match = _COUNTY.match(line)
    return next((match[1] + kind for kind in "市县区" if match[1] + kind in content[:100_000]), None) if match else None


_YEAR_HEADING = re.compile(r"^(?:(?:19|20)\d\d年|今年|明年|今后|下半年|下一步|过去).{0,12}(?:工作|任务|目标|安排|回顾|总结|部署|打算|重点|要求)(?:的)?(?:安排|部署|回顾|要求|打算|任务|总结)?$")


def numbered_level(text: str) -> int | None:
    """一、 → 1, （一） → 2, 1. → 3; None without a number."""
    return next((level for level, pattern in _NUMBERED if pattern.match(text)), None)


def _joins(previous: str, following: str) -> bool:
    """Whether a line break inside a sentence separates the two: the first breaks off, the second does not start anew."""
    if not previous or not following or previous.endswith(_ENDS) or _STARTS.match(following):
        return False
    if _LABELS.match(following) or _LABELS.match(previous):
        return False
    if following[-1:] in "：:" or _DATE_LINE.match(following) or header_organisation(following):
        return False
    if previous[-1] in "，,、":
        return True
    if len(previous) <= 40 and _POST.search(previous) and _names_speaker(previous):
        return False
    return bool(re.search(r"[，,。；;、：:]", previous)) and bool(re.search(r"[，,。；;、]", following))


def _lines(text: Text) -> Iterator[tuple[Folded, Paragraph]]:
    """The paragraphs worth reading, folded; a headline that the paragraph before it runs into is cut off again."""
    for paragraph in text.paragraphs:
        if paragraph.style in ("toc", "noise", "caption", "table"):
            continue
        start = paragraph.start
        if "—" in text.content[paragraph.start : paragraph.end]:
            for cut in _RUN_INTO.finditer(text.content, paragraph.start, paragraph.end):
                yield fold(text.content, start, cut.start()), paragraph
                start = cut.end()
        yield fold(text.content, start, paragraph.end), paragraph


def _blocks(text: Text) -> Iterator[_Block]:
    waiting: list[Folded] = []
    first: Paragraph | None = None
    lines = [(folded, paragraph) for folded, paragraph in _lines(text) if folded.text and not _is_furniture(folded.text)]
    labelled = _labelled_items(lines) if _LABELLED.search(text.content) else {}
    for at, (folded, paragraph) in enumerate(lines):
        line = folded.text
        if at in labelled:
            if waiting and first:
                yield _Block(join(waiting), first, None)
                waiting, first = [], None
            if labelled[at]:
                yield _Block(folded, paragraph, None, labelled[at])
            continue
        level = _heading_level(paragraph, line.strip(_MARKS))
        if waiting and first and (level is not None or not _joins(waiting[-1].text, line)):
            yield _Block(join(waiting), first, None)
            waiting, first = [], None
        if level is not None:
            yield _Block(folded, paragraph, level)
            continue
        first = first or paragraph
        waiting.append(folded)
    if waiting and first:
        yield _Block(join(waiting), first, None)


_LABELLED = re.compile(r"(?:单位|部门|领导|人|时限|期限|时间)[:：]")
_POST = re.compile("[长任记理裁]")
_LABEL_LINE = re.compile(r"^[（(【]?(?:(?:责任|牵头|主办|承办|配合|协办|落实)(?:单位|部门|领导|人)|(?:完成|办结|整改)?(?:时限|期限|时间))[:：]")


def _labelled_items(lines: list[tuple[Folded, Paragraph]]) -> dict[int, str]:
    """Numbered items with 责任单位：… on the lines below: their places and those lines' words; "" at such a line itself.

    Where the next number begins a new list, the line heads that list and belongs to no item."""
    found: dict[int, str] = {}
    for at in [at for at, (folded, _) in enumerate(lines) if _LABEL_LINE.match(folded.text) and len(folded.text) <= 80]:
        if at == 0 or at in found:
            continue
        end = at
        while end < len(lines) and len(lines[end][0].text) <= 80 and _LABEL_LINE.match(lines[end][0].text):
            end += 1
        item, after = lines[at - 1][0].text, lines[end][0].text if end < len(lines) else ""
        level, following = numbered_level(item), numbered_level(after)
        if level is None or (after and following is None) or (following and following >= level and re.match(r"[（(]?[一1](?!\d)", after)):
            continue
        found |= {at - 1: "；".join(folded.text for folded, _ in lines[at:end])} | dict.fromkeys(range(at, end), "")
    return found


# --- sentences ----------------------------------------------------------------------------------------------------

def split_sentences(folded: Folded) -> Iterator[Folded]:
    """The sentences of a paragraph; a quotation with several sentences inside stays as it is cut, pieces are bounded."""
    text = folded.text
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        if end - start <= 1200:
            yield Folded(text[start:end], folded.offsets[start:end])
            continue
        for piece in _LONG.finditer(text, start, end):
            yield Folded(piece.group(), folded.offsets[piece.start() : piece.end()])


class _Walker:
    """Keeps the section while the blocks go by.

    A government's report runs from review over problems to plans and never back, so its roles only move forward
    (``forward``); elsewhere headings decide. In a newspaper a lead-in holds for its paragraph (``lasting`` False)."""

    def __init__(self, section: Section, plan_year: int | None, forward: bool) -> None:
        self.section = section
        self.base = section
        self.first_role = section.role
        self.plan_year = plan_year
        self.forward = forward
        self.lasting = forward or is_report(section.title)
        self.levels: dict[int, Section] = {}
        self.before_paragraph: Section | None = None
        self.seen_problems = False
        self.parts = section.part
        self.around: tuple[Section, Section, bool, dict[int, Section]] | None = None      # what a box stands in
        self.boxed = False                # the box has had its paragraph

    def open_part(self, organisation: str, line: str) -> None:
        """A header like 青岛市教育局2021年上半年工作总结 starts a new part."""
        role = title_role(line) if is_report(line) else self.first_role      # a bare name says nothing of its kind
        published = self.base.published_on if not self.section.part else None
        self.parts += 1
        self.base = Section(role=role, part=self.parts,
                            organisation=organisation, title=line, published_on=published)
        self.lasting = is_report(line)
        self.section, self.levels = self.base, {}

    def open_box(self, organisation: str, line: str) -> None:
        """临空示范区： alone on a line of a city's page: the next paragraph is about it, then the page goes on."""
        around = self.around or (self.section, self.base, self.lasting, self.levels)
        self.open_part(organisation, line)
        self.around, self.boxed = around, False

    def next_paragraph(self) -> None:
        """A box ends with its first paragraph."""
        if self.around and self.boxed:
            self.section, self.base, self.lasting, self.levels = self.around
            self.around = None
        self.boxed = True

    def heading(self, level: int, line: str) -> None:
        """A heading changes the role when it says so; otherwise the section above goes on."""
        if self.forward:
            self._forward_heading(level, line)
            return
        self.levels = {at: kept for at, kept in self.levels.items() if at < level}
        above = self.levels[max(self.levels)] if self.levels else self.base
        role = heading_role(line, self.plan_year if level == 1 else None)
        phrase = (level > 1 and above.said) or re.search(r"[，,。；]", line)      # 二、明晰年度任务清单，落实责任。
        if phrase and role == "plan" and above.role == "report" and not _NEXT_STEPS.search(line):
            role = None
        self.section = replace(above, heading=line, top=line if level == 1 or not above.top else above.top,
                               role=role or above.role, said=above.said or role is not None)
        self.levels[level] = self.section

    def _forward_heading(self, level: int, line: str) -> None:
        now = self.section
        if _TITLE_LINE.search(line):
            return
        role = heading_role(line, self.plan_year)
        # under 2008年工作回顾, which has no number, 一、 and 二、 are points of the review
        numbered = numbered_level(line)
        top = role is not None if numbered is None else level == 1 and (not now.top or numbered_level(now.top) == 1)
        role = self._forward_role(line, role, top)
        self.section = replace(now, heading=line, top=line if top else now.top, role=role or now.role, said=True)

    def _forward_role(self, line: str, role: Role | None, top: bool) -> Role | None:
        now = self.section
        if role == "skip":
            return role if top else None
        if top and role == "report" and "回顾" in line:
            return "report"
        if now.role == "plan":
            return "plan"
        if not top:
            return "report" if now.role == "problems" and role is None else None
        if not now.top and role == "plan" and not self._opens_plan(line):
            return "report"
        if role != "report" and (self.seen_problems or WHOLE_REVIEW.search(now.top)):
            return "plan"
        return role

    def _opens_plan(self, line: str) -> bool:
        """Whether the first heading of a report already plans: 今后五年的主要任务, and not 全面完成2003年预期目标."""
        years = [int(year) for year in re.findall(r"(?:19|20)\d\d(?=年)", line)]
        if re.search(r"回顾|成就|实现$|取得|完成", line) or (self.plan_year and any(year < self.plan_year for year in years)):
            return False
        return bool(years or re.search(r"今后|今年|明年|未来|下一?步|打算|安排|部署", line))

    def lead_in(self, sentence: str, opening: bool) -> None:
        """A lead-in sentence changes the role until the next heading, in a newspaper until the paragraph ends."""
        now = self.section
        role = lead_role(sentence, now.role)
        if now.role == "report" and not self.lasting and _MEETING.search(sentence[:240]):
            self.section = replace(now, role="plan", said=True)
            return
        if role is None or role == now.role or (role == "report" and not opening):
            return
        if role == "plan" and not self.lasting and not NEXT.match(sentence):
            return
        self.seen_problems |= role == "problems" and bool(re.search(r"清醒|肯定|问题|困难|不足", sentence[:60]))
        if self.forward and role == "plan" and not (self.seen_problems or PLAN_OPENERS.search(sentence[:60])):
            return
        if self.forward and role == "plan" and WHOLE_REVIEW.search(now.heading) and now.role == "report" and not re.search(r"今年|明年|今后", sentence[:40]):
            return
        self.section = replace(now, role=role, said=True)

    def start_paragraph(self, opening: str) -> None:
        """A lead-in that was not lasting ends with its paragraph; talk of problems goes on in numbered points."""
        kept = self.before_paragraph
        if kept is not None and kept.part == self.section.part and kept.heading == self.section.heading:
            ends = self.section.role == "problems" and kept.role != "problems" and not _GOES_ON.search(opening[:40])
            if ends or not self.lasting:
                self.section = replace(self.section, role=kept.role, said=kept.said)
        if self.section.role != "problems" or kept is None:
            self.before_paragraph = self.section


# 副市长李明要求，…; 会议部署了2023年重点工作。 In a newspaper such words hold for their paragraph.
_MEETING = re.compile(r"^(?![将把按对围落根])[^，。；：“”的]{2,14}(?<!基础|作为|有关|总体|具体|工作|目标)(?:要求|强调)[，,：:]|^[^。]{0,60}(?:会议|大会|推进会|动员会|座谈会|部署会|全会)[^。]*?(?:谋划|部署|安排|明确)(?:了)?(?:今年|明年|下半年|(?:19|20)\d\d年)[^，。；]{0,16}(?:工作|任务|项目|目标)")
_GOES_ON = re.compile(r"^(?:[一二三四五六七八九十]是|[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]|第[一二三四五六七八]|——|—)|问题|困难|不足|不够|不强|不高|薄弱|滞后|差距|短板")
_TITLE_LINE = re.compile(r"\d年\d{1,2}月\d{1,2}日|报告$|工作报告|会议上|会议$|[省市区县州长]长\S{2,4}$|主席\S{2,4}$|总理\S{2,4}$")
_NEXT_STEPS = re.compile(r"下一?步|下半年|今后|打算|计划$|安排$")
_REPORT_TITLE = re.compile(r"总结|报告|情况|汇报|小结|打算|计划|要点|方案|规划|安排|述职|思路|任务|纲要|意见|清单")

_NEWS_TITLE = re.compile(r"召开|举行|传达|会议$|推进会$|部署会$|动员会$|座谈会$")


def is_report(title: str) -> bool:
    """Whether a title is that of an official paper and not of a newspaper article."""
    return bool(_REPORT_TITLE.search(title)) and not _NEWS_TITLE.search(title)


def read_outline(text: Text, start: Section, plan_year: int | None = None, *, forward: bool = False) -> Iterator[Sentence]:
    """Sentences of a read text in reading order, headings and furniture left out.

    ``start`` is what is known of the whole document; ``plan_year`` tells a heading's bare year apart: from that year
    on it announces plans. ``forward``: a government's report, whose sections run from review to plan."""
    walker = _Walker(start, plan_year, forward)
    for number, block in enumerate(_blocks(text)):
        line = block.folded.text.strip(_MARKS)
        found = header_organisation(line) or _county(line, text.content) if len(line) <= 60 and not _in_contents(text, block) else None
        same = _names_same(found or "", start.organisation)
        issued = line == start.title and start.organisation and not same      # 市政府办公室关于…的通知, of the government
        if found and not forward and not issued and not (same and not is_report(line)):
            if walker.section.organisation and _BOX.fullmatch(line):
                walker.open_box(found, line)
            else:
                walker.around = None
                walker.open_part(found, line)
            continue
        stamp = _DATE_LINE.match(line)
        if stamp:
            walker.section = replace(walker.section, published_on=date(int(stamp[1]), int(stamp[2]), int(stamp[3])))
            walker.base = replace(walker.base, published_on=walker.section.published_on)
            continue
        if block.heading is not None:
            walker.heading(block.heading, line)
            continue
        if _ADDRESS.match(line) or (line == start.title and line.endswith(_SHEETS)):
            continue
        walker.next_paragraph()
        yield from _sentences_of(block, number, walker)


_SHEETS = ("表", "清单", "台账", "通知", "通报", "方案")        # a title of such a paper says nothing itself
_BOX = re.compile(r"[^，。；：:]{2,10}(?:示范区|度假区|园区|开发区|高新区|片区|功能区|街道|镇)[:：]")


def _names_same(name: str, organisation: str) -> bool:
    """Whether a bare name below the title is the document's own body, which signs it: 望海市人民政府办公室."""
    return bool(organisation) and (name in organisation or organisation in name)


_NUMBER = re.compile(r"^[\s*#>•·●■◆▲]*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,2}[）)]|\d{1,2}[.、．](?!\d)|[①-⑳])\s*|^(?:——|──|[•·●■◆▲])")


def _without_number(folded: Folded) -> Folded:
    """A sentence without the number of its item, which is no part of any quote."""
    found = _NUMBER.match(folded.text)
    if not found or found.end() == len(folded.text):
        return folded
    return Folded(folded.text[found.end() :], folded.offsets[found.end() :])


_LABELS = re.compile(r"(?:责任|牵头|承诺|填报|报送|主办|承办|配合)(?:单位|部门)|(?:完成)?时限|(?:承诺|责任|负责)人[:：]")


def _has_label(text: str) -> bool:
    """Whether a label stands anywhere in a text; most texts lack even the words that labels end in."""
    return ("单位" in text or "部门" in text or "时限" in text or "人:" in text or "人：" in text) and bool(_LABELS.search(text))


_FIGURE = re.compile(r"(?<![\d年第])\d+(?:\.\d+)?(?![\d年月日.、])")
_TOPIC = re.compile(r"^(?:[一二三四五六七八九十]是|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.、．]|第[一二三四五六七八九十]+[,，、])")


def _in_contents(text: Text, block: _Block) -> bool:
    """Whether a line ends like one of a table of contents, in dots or a page number."""
    return bool(_TOC_LINE.search(text.content[block.paragraph.start : block.paragraph.end].rstrip()))


def _sentences_of(block: _Block, number: int, walker: _Walker) -> Iterator[Sentence]:
    walker.start_paragraph(block.folded.text)
    for at, folded in enumerate(split_sentences(block.folded)):
        plain = folded.text.strip(_MARKS) if at == 0 else folded.text
        if at == 0 and len(plain) <= 40 and numbered_level(plain) == 1 and not _FIGURE.search(plain):
            walker.heading(1, plain)      # a heading that runs on into its paragraph
            walker.before_paragraph = walker.section
            continue
        walker.lead_in(plain, at == 0)
        whole = "" if at else f"{block.folded.text}；{block.labels}" if block.labels else block.folded.text
        if at == 0:
            folded = _without_number(folded)
        topic = at == 0 and len(plain) <= 45 and len(whole) > len(folded.text) + 10 and bool(_TOPIC.match(plain)) and not _has_label(whole)
        yield Sentence(folded, walker.section, block.paragraph, number, at == 0, whole, topic)
