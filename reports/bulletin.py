"""通报: the month as a Word document in the form of official bulletins. Every figure comes from the snapshot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from reports.ledger.cells import clean
from reports.ledger.columns import is_unanswered
from reports.ledger.frozen import read_pages
from reports.ledger.rows import Adjustment, LedgerRow, describe_target
from reports.ledger.source import chinese_day
from reports.models import RoundSettings, Snapshot, SnapshotPage
from reports.services.scoring import Score, score_month
from tracker.models import ChangeKind, Status

# by name, as official documents ask; a machine without them shows its own face
TITLE_FACE, HEAD_FACE, SUBHEAD_FACE, BODY_FACE = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"
BODY_SIZE, TITLE_SIZE, LINE = Pt(16), Pt(22), Pt(28)
LISTED, NAMED = 10, 3
NUMERALS = "一二三四五六七八九十"
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
INNER = str.maketrans("“”", "‘’")


def write_bulletin(snapshot: Snapshot, target: str | Path | IO[bytes], settings: RoundSettings) -> None:
    """Write the bulletin of a closed month as .docx; it is meant to be edited afterwards."""
    rows = [row for row in read_pages(snapshot, SnapshotPage.Kind.ROWS) if not row.same_as]
    office = settings.bulletin_office or snapshot.facts["office"]
    page = _Page(Document())
    page.set_up()
    page.head(settings.bulletin_name, office, snapshot)
    page.text(_opening(snapshot, len({row.organisation_id for row in rows})))
    sections = (
        ("总体进展情况", lambda: _overview(page, snapshot)),
        ("进展较好的单位", lambda: _leaders(page, score_month(snapshot))),
        ("进展滞后的目标", lambda: _behind(page, rows)),
        ("无数据回应的目标", lambda: _silent(page, rows, snapshot.as_of)),
        ("目标调整情况", lambda: _adjusted(page, snapshot)),
        ("下一步工作要求", lambda: _demands(page, rows)),
    )
    for numeral, (name, write) in zip(NUMERALS, sections, strict=False):
        page.heading(f"{numeral}、{name}")
        write()
    page.sign(office, date.fromisoformat(snapshot.facts["made_on"]))
    page.attachment("附件：各单位目标完成情况", score_month(snapshot), snapshot)
    page.save(target)


def _opening(snapshot: Snapshot, organisations: int) -> str:
    extra = snapshot.rows - snapshot.goals
    again = f"；另有{extra}项是同一目标的重申，不重复计数" if extra else ""
    return (
        f"现将截至{chinese_day(snapshot.as_of)}各单位重点目标任务进展情况通报如下。"
        f"本期纳入台账的目标{snapshot.goals}项，涉及{organisations}个单位{again}。"
    )


def percent(part: int | Decimal, whole: int) -> str:
    return f"{float(part) / whole * 100:.1f}%" if whole else "0%"


def _overview(page: _Page, snapshot: Snapshot) -> None:
    counts = {status: snapshot.counts.get(status, 0) for status in Status.values}
    good = sum(counts[status] for status in (Status.DONE, Status.AHEAD, Status.ON_TIME))
    parts = [f"{Status(status).label}{number}项" for status, number in counts.items() if number]
    page.text(
        f"{snapshot.goals}项目标中，{'，'.join(parts)}。已完成和达到序时进度的共{good}项，占{percent(good, snapshot.goals)}。"
    )
    if snapshot.previous is not None:
        before = snapshot.previous.counts
        moved = [
            f"{Status(status).label}{'增加' if number > before.get(status, 0) else '减少'}{abs(number - before.get(status, 0))}项"
            for status, number in counts.items()
            if number != before.get(status, 0)
        ]
        words = "，".join(moved) if moved else "各状态项数没有变化"
        page.text(f"与上期（截至{chinese_day(snapshot.previous.as_of)}）相比，{words}。")


def _leaders(page: _Page, scores: Sequence[Score]) -> None:
    best = [score for score in scores if score.rank <= 3]
    if not best:
        page.text("本期没有可排名的单位。")
        return
    groups: dict[int, list[Score]] = {}
    for score in best:
        groups.setdefault(score.rank, []).append(score)
    parts = []
    for rank, members in groups.items():
        names = "、".join(score.name for score in members[:NAMED])
        names += f"等{len(members)}个单位并列" if len(members) > NAMED else "并列" if len(members) > 1 else ""
        parts.append(f"第{rank}名{names}，平均{members[0].mean:.2f}分")
    page.text(f"按计分规则，排名靠前的是：{'；'.join(parts)}。")


def prose_target(row: LedgerRow) -> str:
    """不低于50个; 5—6家: the target as it is written in a sentence."""
    plain = describe_target(row.target, row.unit, "", row.target_max)
    return {"ge": "不低于", "le": "不高于", "approx": "约"}.get(row.comparator, "") + plain


def in_prose(text: str) -> str:
    """Days and limits as a sentence writes them: 2024年12月31日, 不低于50个."""
    text = text.replace("≥", "不低于").replace("≤", "不高于")
    return ISO_DAY.sub(lambda found: chinese_day(date.fromisoformat(found[0])), text)


def _name(record: LedgerRow | Adjustment) -> str:
    """农业农村局“改造农村户厕”; quotation marks inside become single ones."""
    return f"{record.organisation}“{record.indicator.translate(INNER)}”"


def _describe(row: LedgerRow) -> str:
    """农业农村局“改造农村户厕”：目标≥8000户，已完成5200户，完成率65.0%，落后序时18.3个百分点。"""
    parts = []
    if row.target is not None:
        parts.append(f"目标{prose_target(row)}")
    if row.done is not None:
        parts.append(f"已完成{row.done}{row.unit}")
    if row.completion is not None:
        parts.append(f"完成率{float(row.completion) * 100:.1f}%")
    if row.gap is not None and row.gap < 0 and row.time_share is not None:
        parts.append(f"落后序时{-float(row.gap):.1f}个百分点")
    if row.status == Status.OVERDUE and row.deadline:
        parts.append(f"已过{chinese_day(row.deadline)}的时限")
    owner = f"（责任人{row.owner}）" if row.owner else ""
    return f"{_name(row)}{owner}：{'，'.join(parts) if parts else Status(row.status).label}"


def _list(page: _Page, lines: Iterable[str], total: int) -> None:
    for number, line in enumerate(lines, 1):
        page.text(f"{number}.{line}。")
    if total > LISTED:
        page.text(f"其余{total - LISTED}项见台账。")


def _behind(page: _Page, rows: Sequence[LedgerRow]) -> None:
    late = [row for row in rows if row.status in (Status.OVERDUE, Status.BEHIND, Status.AT_RISK)]
    if not late:
        page.text("本期没有滞后或逾期的目标。")
        return
    overdue = sum(row.status == Status.OVERDUE for row in late)
    page.text(f"滞后、有风险和逾期的目标共{len(late)}项，其中逾期{overdue}项。按落后程度，主要有：")
    late.sort(key=lambda row: (row.status != Status.OVERDUE, row.gap if row.gap is not None else Decimal(0), row.goal))
    _list(page, (_describe(row) for row in late[:LISTED]), len(late))


def _silent(page: _Page, rows: Sequence[LedgerRow], as_of: date) -> None:
    silent = [row for row in rows if is_unanswered(row, as_of)]
    if not silent:
        page.text("本期所有目标都有数据回应。")
        return
    words = sum(row.in_words for row in silent)
    only_words = f"，其中{words}项只有文字表述、没有数据" if words else ""
    page.text(f"没有以数据回应的目标{len(silent)}项{only_words}。主要有：")
    silent.sort(key=lambda row: (row.deadline or date.max, row.goal))
    _list(page, (f"{_name(row)}：{_silence(row)}" for row in silent[:LISTED]), len(silent))


def _silence(row: LedgerRow) -> str:
    """What was heard of a goal, or not; the sentence of the search without the name, which stands before it."""
    if row.in_words:
        return "未以数据回应"
    return row.searched.split("；")[0].replace(f"“{row.indicator}”的", "").rstrip("。") or "无回应"


def _adjusted(page: _Page, snapshot: Snapshot) -> None:
    found = list(read_pages(snapshot, SnapshotPage.Kind.ADJUSTMENTS))
    if not found:
        page.text("本期没有发现目标调整。")
        return
    page.text(f"与原文件相比，后来的文件对{len(found)}项目标的提法有变化：")
    lines = (f"{_name(each)}：{_change(each)}（{chinese_day(each.happened_on)}）" for each in found[:LISTED])
    _list(page, lines, len(found))


def _change(each: Adjustment) -> str:
    """下调，由4.3亿美元改为4亿美元; 未再提及，原为35家."""
    words = ChangeKind(each.kind).label
    if each.kind == ChangeKind.DROPPED:
        return f"{words}，原为{each.before}" if each.before else words
    if each.before and each.after:
        return f"{words}，由{each.before}改为{each.after}"
    return f"{words}，{each.before or each.after}" if each.before or each.after else words


def _demands(page: _Page, rows: Sequence[LedgerRow]) -> None:
    names = list(dict.fromkeys(row.organisation for row in rows if row.status in (Status.OVERDUE, Status.BEHIND)))
    who = "、".join(names[:LISTED]) + ("等单位" if len(names) > LISTED else "")
    if names:
        page.text(f"{who}要对照台账逐项分析原因，明确责任人和完成时间，按期报送整改情况。")
    page.text("没有以数据回应的单位要补报完成值和数据截止日期；调整目标的要说明依据和批准情况。")


class _Page:
    """A Word document in the official form: margins, faces and line spacing of 公文."""

    def __init__(self, document: Any) -> None:
        self.document = document

    def set_up(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
        section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = BODY_FACE, BODY_SIZE
        style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY_FACE)
        self._number_pages(section)

    def _number_pages(self, section: Any) -> None:
        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(paragraph, "— ", "宋体", Pt(14))
        run = self._run(paragraph, "", "宋体", Pt(14))
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            if kind:
                element = OxmlElement("w:fldChar")
                element.set(qn("w:fldCharType"), kind)
            else:
                element = OxmlElement("w:instrText")
                element.text = text
            run._r.append(element)
        self._run(paragraph, " —", "宋体", Pt(14))

    def _run(self, paragraph: Any, text: str, face: str, size: Any, *, bold: bool = False) -> Any:
        run = paragraph.add_run(clean(text))
        run.font.name, run.font.size, run.font.bold = face, size, bold
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
        return run

    def _paragraph(self, *, indent: bool = True, align: Any = WD_ALIGN_PARAGRAPH.JUSTIFY) -> Any:
        paragraph = self.document.add_paragraph()
        form = paragraph.paragraph_format
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
        form.space_before = form.space_after = Pt(0)
        form.first_line_indent = Pt(32) if indent else None
        paragraph.alignment = align
        return paragraph

    def head(self, name: str, office: str, snapshot: Snapshot) -> None:
        top = self._paragraph(indent=False, align=WD_ALIGN_PARAGRAPH.CENTER)
        top.paragraph_format.line_spacing = Pt(48)
        self._run(top, name, TITLE_FACE, Pt(36)).font.color.rgb = RGBColor(0xC0, 0x1A, 0x1A)
        number = self._paragraph(indent=False, align=WD_ALIGN_PARAGRAPH.CENTER)
        self._run(number, f"〔{snapshot.as_of.year}〕第　期", BODY_FACE, BODY_SIZE)
        line = self._paragraph(indent=False)
        line.paragraph_format.tab_stops.add_tab_stop(Cm(15.6), alignment=2)
        self._run(line, f"{office}\t{chinese_day(date.fromisoformat(snapshot.facts['made_on']))}", BODY_FACE, BODY_SIZE)
        self._rule(line)
        self._paragraph(indent=False)
        title = self._paragraph(indent=False, align=WD_ALIGN_PARAGRAPH.CENTER)
        title.paragraph_format.line_spacing = Pt(34)
        words = f"关于{snapshot.as_of.year}年{snapshot.as_of.month}月重点目标任务\n进展情况的通报"
        self._run(title, words, TITLE_FACE, TITLE_SIZE)
        self._paragraph(indent=False)

    def _rule(self, paragraph: Any) -> None:
        """The red line under the head."""
        borders = OxmlElement("w:pBdr")
        bottom = OxmlElement("w:bottom")
        for name, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", "C01A1A")):
            bottom.set(qn(f"w:{name}"), value)
        borders.append(bottom)
        paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:tabs", "w:spacing", "w:ind", "w:jc")

    def heading(self, text: str) -> None:
        paragraph = self._paragraph()
        paragraph.paragraph_format.keep_with_next = True
        self._run(paragraph, text, HEAD_FACE, BODY_SIZE)

    def text(self, text: str) -> None:
        self._run(self._paragraph(), in_prose(text), BODY_FACE, BODY_SIZE)

    def sign(self, office: str, day: date) -> None:
        self._paragraph()
        for words in (office, chinese_day(day)):
            line = self._paragraph(indent=False, align=WD_ALIGN_PARAGRAPH.RIGHT)
            line.paragraph_format.right_indent = Pt(64)
            self._run(line, words, BODY_FACE, BODY_SIZE)

    def attachment(self, title: str, scores: Sequence[Score], snapshot: Snapshot) -> None:
        """The table of all organisations on its own page."""
        self.document.add_page_break()
        self._run(self._paragraph(indent=False), title, HEAD_FACE, BODY_SIZE)
        titles = ("名次", "单位", "目标数", "已完成", "滞后逾期", "无数据", "平均分", "挂旗")
        table = self.document.add_table(rows=1, cols=len(titles), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        self._fill(table.rows[0], titles, HEAD_FACE)
        self._repeat(table.rows[0])
        counts = {tally.organisation_id: tally.counts for tally in snapshot.tallies.all()}
        for score in scores:
            own = counts.get(score.organisation, {})
            late = sum(own.get(status, 0) for status in (Status.BEHIND, Status.AT_RISK, Status.OVERDUE))
            numbers = (score.goals, own.get(Status.DONE, 0), late, own.get(Status.NO_DATA, 0), f"{score.mean:.2f}")
            cells = (score.rank, score.name, *numbers, score.flag.name if score.flag else "")
            self._fill(table.add_row(), [str(cell) for cell in cells], BODY_FACE)
        table.autofit = False
        for column, width in zip(table.columns, (1.2, 5.0, 1.5, 1.5, 1.9, 1.5, 1.8, 1.4), strict=True):
            column.width = Cm(width)
            for cell in column.cells:
                cell.width = Cm(width)

    def _fill(self, row: Any, texts: Sequence[str], face: str) -> None:
        for cell, text in zip(row.cells, texts, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._run(paragraph, text, face, Pt(12))
        self._mark(row, "w:cantSplit")

    def _repeat(self, row: Any) -> None:
        """The header row stands on every page."""
        self._mark(row, "w:tblHeader")

    def _mark(self, row: Any, name: str) -> None:
        row._tr.get_or_add_trPr().append(OxmlElement(name))

    def save(self, target: str | Path | IO[bytes]) -> None:
        # a copy of the styles for Word 2010 that comes with the template and no longer agrees with them
        for number, relation in list(self.document.part.rels.items()):
            if relation.reltype.endswith("/stylesWithEffects"):
                del self.document.part.rels[number]
        self.document.core_properties.author = "践诺"
        self.document.save(target)
