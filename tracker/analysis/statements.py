"""Text → goals and results: outline, figures, acts, periods, organisations and modality put together."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from tracker.analysis.commitments import Act, find_achievements, find_announcements, find_commitments, find_fulfilments
from tracker.analysis.context import Context, build_context, part_periods
from tracker.analysis.dating import as_stock, moment_for
from tracker.analysis.figures import Carried, Figure, read_figures
from tracker.analysis.indicators import indicator_key
from tracker.analysis.modality import (
    Clause,
    Verdict,
    clause_at,
    decide,
    decide_planned_act,
    decide_reported_act,
    goes_on_with_aims,
    looks_ahead,
    only_states,
    sets_aims,
    tells_of_missed_goal,
    tells_of_the_past,
)
from tracker.analysis.normalise import quote_of
from tracker.analysis.organisations import (
    Speaker,
    find_employer,
    find_speaker,
    find_speaker_after,
    full_name,
    read_labels,
    subject_organisation,
)
from tracker.analysis.outline import Section, Sentence, read_outline
from tracker.analysis.periods import Moment, Reference, find_periods, year_period
from tracker.analysis.phrases import strip_openers
from tracker.analysis.records import Measure, Period, Span, Statement, StatementKind, Text
from tracker.analysis.repeats import without_repeats
from tracker.analysis.tables import read_rows
from tracker.analysis.vocabulary import Vocabulary

# a heading that gives what follows its date: “十四五”时期的主要目标, and not 为“十四五”开好局
_DATED_PLAN = re.compile(r"^(?!.*(?:开局|开好局|起步|起好步|良好开端|基础)).*(?:目标|任务|蓝图|规划|总体要求|工作|建议|思路|重点)")
_ECONOMY = "(?:地区|国内)?(?:生产总值|经济|平均|居民|城镇|农村|规上|规模以上|固定资产|社会消费|进出口|货物|粮食|财政|一般公共|工业增加值|CPI)"
_NATION = re.compile(rf"(?:全国|全球|世界){_ECONOMY}")
_NATIONAL = re.compile(r"国务院|国家|中国|全国|[^省市区县州旗]{2,12}(?:部|总局)$")
_WIDER = re.compile(rf"(?:全国|全球|世界|全省){_ECONOMY}")
_LABEL_LINE = re.compile(r"^(?:承诺|责任|牵头|填报|报送|主办|负责)(?:单位|部门|人)[:：]")
_STRIP = " *　，,；;。、：:"


@dataclass(slots=True)
class _Voice:
    """Who speaks where the reading stands: body, person and post."""

    organisation: str = ""
    owner: str | None = None
    post: str | None = None
    why: str = ""
    labelled: bool = False


@dataclass(slots=True)
class _State:
    """What the reading carries from sentence to sentence."""

    part: int = -1
    block: int = -1
    voice: _Voice = field(default_factory=_Voice)
    before_labels: _Voice | None = None
    paragraph_moment: Moment | None = None
    aims: bool = False                # a sentence of this paragraph has told the year's aims
    all_goals: bool = False           # the sentence before gives goals only: 其中 goes on with them
    goals_block: int = -1             # and in which paragraph
    sum_moment: Moment | None = None  # the span that the sentence before opens with
    era: Moment | None = None         # 过去五年, of which a part of the review tells paragraph after paragraph
    era_heading: str = ""             # and the heading that the part stands under
    carried: Carried | None = None
    report: Period = field(default_factory=Period)
    plan: Period = field(default_factory=Period)
    reference: Reference = field(default_factory=lambda: Reference(None, None))
    closed: bool = False


def analyse(text: Text, *, organisation: str | None = None, published_on: date | None = None,
            vocabulary: Vocabulary | None = None) -> tuple[Statement, ...]:
    """All goals and results of a read text, in reading order.

    ``organisation`` and ``published_on`` are what a person says about the document; they outrank the text itself.
    The same text gives the same statements, whenever it is read."""
    reader = _Reader(text, build_context(text, organisation, published_on), vocabulary or Vocabulary.default())
    statements = [*reader.read(), *read_rows(text, reader.context, reader.vocabulary)]
    return tuple(without_repeats(statements, text.title.value if text.title else ""))


class _Reader:
    """One document being read."""

    def __init__(self, text: Text, context: Context, vocabulary: Vocabulary) -> None:
        self.text = text
        self.context = context
        self.vocabulary = vocabulary
        self._colon = False
        self._references: dict[tuple[int, str], Reference] = {}
        self._section: Section | None = None
        self._defaults: dict[StatementKind, tuple[Period, str]] = {}
        self.state = _State(report=context.report, plan=context.plan, reference=context.reference, closed=context.closed,
                            voice=self._own_voice())

    def _own_voice(self) -> _Voice:
        context = self.context
        return _Voice(context.organisation or context.source, why="标题或文件署名" if context.organisation else context.source_why)

    def read(self) -> Iterator[Statement]:
        """Statements of the running text."""
        plan_year = self.context.reference.plan_year or self._plan_from()
        for sentence in read_outline(self.text, self.context.start, plan_year, forward=self.context.kind == "government"):
            self._enter(sentence)
            missed = sentence.section.role == "problems" and tells_of_missed_goal(sentence.text)
            if missed or sentence.section.role not in ("problems", "skip"):
                yield from self._statements(sentence)

    def _plan_from(self) -> int | None:
        return self.state.plan.start.year if self.state.plan.start and self.state.closed else None

    # --- where the reading stands ---

    def _enter(self, sentence: Sentence) -> None:
        if sentence.section.part != self.state.part:
            self._enter_part(sentence.section)
        if sentence.block != self.state.block:
            self.state.block = sentence.block
            self.state.paragraph_moment = None
            self.state.carried = None
            self.state.aims = False
        if sentence.lead and self.context.kind != "government":
            self._listen(sentence)

    def _enter_part(self, section: Section) -> None:
        before, self.state.part = self.state.part, section.part
        if not section.part:
            if before > 0:      # a box of the page is over
                self.state.report, self.state.plan, self.state.closed = self.context.report, self.context.plan, self.context.closed
                self.state.reference, self.state.voice = self.context.reference, self._own_voice()
            return
        published = section.published_on or self.context.reference.today
        report, plan, about, closed = part_periods(section.title, published)
        year = about or (published.year if published else None)
        self.state.report, self.state.plan, self.state.closed = report, plan, closed
        self.state.reference = Reference(published, year)
        if not self.context.fixed:
            name, own = full_name(section.organisation, self.context.place, self.text.content), self.context.organisation
            if own and name.startswith(own):       # its office, which hands out what the government has promised
                name = own
            self.state.voice = _Voice(name, why="所在部分的标题")

    def _listen(self, sentence: Sentence) -> None:
        """Who speaks in this paragraph: a named speaker, else its subject, else who spoke before."""
        if self._read_labels(sentence):
            return
        speaker = find_speaker(sentence.text) or find_speaker_after(sentence.paragraph_text) or self._named_before(sentence.text)
        if speaker:
            self._give_word(speaker)
            return
        if self.state.voice.owner and sentence.text.startswith(self.state.voice.owner):      # 王一民表示，市教育局将…
            self._colon = False
            return
        if self.state.voice.owner and not self.state.voice.labelled:
            self.state.voice = replace(self.state.voice, owner=None, post=None) if not self._announced() else self.state.voice
        if self.context.fixed or sentence.section.organisation:
            return
        subject = subject_organisation(sentence.text)
        if subject:
            self.state.voice = _Voice(full_name(subject, self.context.place), why=f"段首主语“{subject}”")

    def _named_before(self, sentence: str) -> Speaker | None:
        """王一民指出，…: somebody whose post stands elsewhere in the text."""
        found = _SAYS.match(sentence)
        if not found or self.state.voice.owner == found["name"] or not (body := find_employer(found["name"], self.text.content)):
            return None
        return Speaker(body, found["name"], None, found.end())

    def _read_labels(self, sentence: Sentence) -> bool:
        """责任单位：…，完成时限：… beside an item hold for it; a line of its own holds for what follows."""
        if self.state.before_labels is not None:
            self.state.voice, self.state.before_labels = self.state.before_labels, None
        labels = read_labels(sentence.paragraph_text) if "：" in sentence.paragraph_text or ":" in sentence.paragraph_text else None
        if labels is None:
            return False
        before = self.state.voice
        name = full_name(labels.organisation, self.context.place) if labels.organisation and not self.context.fixed else before.organisation
        self.state.voice = _Voice(name, labels.owner or (before.owner if before.labelled else None),
                                  labels.post or (before.post if before.labelled else None), "责任单位、责任人栏", labelled=True)
        if len(sentence.paragraph_text) > 40 or not _LABEL_LINE.match(sentence.paragraph_text):
            self.state.before_labels = before
        moments = find_periods(labels.deadline, self._reference("plan")) if labels.deadline else []
        if moments:
            self.state.paragraph_moment = moments[-1]
        return True

    def _announced(self) -> bool:
        """A line that ends in a colon hands the word to the paragraph after it."""
        announced, self._colon = self._colon, False
        return announced

    def _give_word(self, speaker: Speaker) -> None:
        named = speaker.organisation or (find_employer(speaker.owner, self.text.content) if speaker.owner else "")
        organisation = self.context.organisation if self.context.fixed else full_name(named, self.context.place)
        self.state.voice = _Voice(organisation or self.state.voice.organisation, speaker.owner, speaker.post, f"发言人“{named}{speaker.owner}”")
        self._colon = True

    # --- one sentence ---

    def _statements(self, sentence: Sentence) -> list[Statement]:
        text = sentence.folded.text
        moments = find_periods(text, self._reference(sentence.section.role))
        self._remember(sentence, moments)
        planning = self._planning(sentence) or (self.state.all_goals and (bool(_OF_IT.match(text)) or self._goes_on(sentence, moments)))
        found: list[tuple[int, Statement]] = []
        taken: list[tuple[int, int]] = []
        ahead = 0
        for figure in read_figures(text, role="plan" if planning else "report", carried=self.state.carried, vocabulary=self.vocabulary):
            self.state.carried = Carried(figure.indicator)
            if figure.naming or self._is_foreign(figure):
                continue
            if ahead and "；" in text[ahead : figure.at]:
                ahead = 0
            statement = self._from_figure(sentence, figure, moments, planning or ahead > 0)
            if statement and statement.kind == "goal" and not (planning or self.state.closed) and _WILL.search(text, figure.start, figure.at):
                ahead = figure.end          # 确保通车500公里，开工300公里
            if statement:
                taken.append((figure.start, figure.end))
                found.append((figure.at, statement))
        for act in () if sentence.topic else self._acts(text, planning, taken):
            statement = self._from_act(sentence, act, moments, planning)
            if statement:
                found.append((act.start, statement))
        for act in find_fulfilments(text) if "“" in text else ():
            statement = self._from_act(sentence, act, moments, planning=False)
            if statement and statement.kind == "result":
                found.append((act.start, statement))
        if len(found) > 1:
            found.sort(key=_place)
        statements = [statement for _, statement in found]
        if statements or not self._in_news():
            self.state.all_goals = {statement.kind for statement in statements} == {"goal"}
            self.state.goals_block = sentence.block
        return statements

    def _reference(self, role: str) -> Reference:
        """全年 and 10月 mean the year looked back on in a report, the year planned for in a plan."""
        key = (self.state.part, role)
        if key not in self._references:
            default = self.state.plan if role == "plan" else self.state.report
            bare = default.end.year if default.end else None
            self._references[key] = replace(self.state.reference, bare_year=bare)
        return self._references[key]

    def _is_foreign(self, figure: Figure) -> bool:
        """Other people's figures: the nation's in a province's report, the province's in a city's."""
        organisation = self.state.voice.organisation
        if not organisation or _NATIONAL.match(organisation):
            return False
        provincial = bool(self.context.place.province) and organisation.startswith(self.context.place.province)
        wider = _NATION if provincial or not self.context.place.city else _WIDER
        return bool(figure.scope or wider.match(figure.indicator))

    def _acts(self, text: str, planning: bool, taken: list[tuple[int, int]]) -> list[Act]:
        if planning:
            return find_commitments(text, taken)
        announced = find_announcements(text, taken)
        return [*announced, *find_achievements(text, [*taken, *((act.start, act.end) for act in announced)])]

    def _planning(self, sentence: Sentence) -> bool:
        """Whether the sentence is read as a plan: by its section, its speaker or its own opening."""
        if sentence.section.role == "plan" or self.state.voice.owner is not None:
            return True
        if self._in_news() and (self._aims(sentence.text) or looks_ahead(sentence.text)):
            return True
        return self.context.kind == "government" and self._in_plan_year()

    def _aims(self, text: str) -> bool:
        """Whether a newspaper's sentence tells aims, or goes on with those of the sentences before it."""
        if self.state.closed and not self.context.told:
            return False
        if sets_aims(text):
            self.state.aims = True
        return self.state.aims and goes_on_with_aims(text)

    def _goes_on(self, sentence: Sentence, moments: list[Moment]) -> bool:
        """Whether a newspaper's sentence goes on with the goals of the one before it in its paragraph."""
        today = self.state.reference.today
        over = any(moment.period.end and today and moment.period.end <= today for moment in moments)
        return self._in_news() and self.state.goals_block == sentence.block and not over and not tells_of_the_past(sentence.text)

    def _in_news(self) -> bool:
        """Not in a government's own report, whose sections say what is planned."""
        return self.context.kind != "government" or self.context.told

    def _in_plan_year(self) -> bool:
        """Whether the paragraph of a government's report opens with the year ahead: 2024年，…；抓好东港电厂建设."""
        moment, year = self.state.paragraph_moment, self.context.reference.plan_year
        return bool(moment and year and moment.reach == "span" and moment.period == year_period(year))

    def _remember(self, sentence: Sentence, moments: list[Moment]) -> None:
        """五年来，… and 2021年，… at the head of a paragraph date all of it."""
        for moment in moments[:1]:
            told = _TOLD.match(sentence.text) if sentence.lead and moment.start > 4 else None      # 李明在会上说，2023年…
            if moment.start - (told.end() if told else 0) <= 4 and (moment.multi_year or sentence.lead) and moment.reach == "span":
                self.state.paragraph_moment = moment
        if sentence.lead and moments and self.context.kind == "government":
            self._remember_era(sentence.section, moments[0])
        if sentence.section.role == "plan" and sentence.lead and self.state.paragraph_moment is None:
            ahead = [moment for moment in moments if self._is_year_ahead(moment)]
            self.state.paragraph_moment = ahead[0] if len(ahead) == 1 else None      # 部署了2023年重点工作。一是…
        if _OF_IT.match(sentence.text):       # 上半年，完成投资20亿元。其中地铁完成15亿元
            self.state.paragraph_moment = self.state.paragraph_moment or self.state.sum_moment
        first = moments[0] if moments else None
        self.state.sum_moment = first if first and first.start <= 4 and first.reach == "span" and not first.multi_year else None
        for moment in moments[-1:]:
            if moment.reach == "point" and moment.start <= 3 and "前" in moment.words and sentence.section.role == "report":
                self.state.paragraph_moment = moment

    def _remember_era(self, section: Section, moment: Moment) -> None:
        """Under 过去五年和2022年工作回顾 the paragraph that begins 五年来 opens a part that 2022年 closes."""
        if section.top != self.state.era_heading:
            self.state.era, self.state.era_heading = None, section.top
        if section.role != "report" or moment.start > 8 or moment.reach != "span":
            return
        if not moment.multi_year:
            self.state.era = None
        elif moment.start <= 4 and _REVIEW_OF_YEARS.search(section.top):
            self.state.era = moment

    def _is_year_ahead(self, moment: Moment) -> bool:
        year = self.state.reference.year
        return bool(year and moment.reach == "span" and moment.period == year_period(year))

    def _from_figure(self, sentence: Sentence, figure: Figure, moments: list[Moment], planning: bool) -> Statement | None:
        clause = clause_at(sentence.text, figure.start, figure.at, figure.end)
        own = moment_for(figure.at, figure.end, sentence.text, moments, planning)
        verdict = self._decide(sentence, clause, own, planning, figure.at)
        if verdict.kind is None:
            return None
        period, why = self._period(verdict.kind, own, sentence, figure.measure, figure.indicator)
        if verdict.set_before and not period.end and self.state.report.end:
            period = Period(None, date(self.state.report.end.year, 12, 31))
        return self._statement(sentence, verdict.kind, figure.start, figure.end, self._without_body(figure.indicator), period,
                               (verdict.reason, *figure.reasons, why, self.state.voice.why), figure)

    def _without_body(self, indicator: str) -> str:
        """望海水务集团完成投资 → 投资: who reports is said elsewhere."""
        body = self.state.voice.organisation
        if not body or not indicator.startswith(body) or len(indicator) < len(body) + 2:
            return indicator
        return strip_openers(indicator[len(body):], self.vocabulary) or indicator

    def _from_act(self, sentence: Sentence, act: Act, moments: list[Moment], planning: bool) -> Statement | None:
        text = sentence.folded.text
        own = moment_for(act.end, act.end, text, moments) if moments else None
        if planning:
            verdict = decide_planned_act(text[act.start : act.end])
        elif own is None and "：" not in text:
            verdict = decide_reported_act(text[act.start : act.end], self.state.closed)
        else:
            verdict = self._decide(sentence, clause_at(text, act.start, act.end, act.end), own, planning, act.end)
        if verdict.kind is None or not self.state.voice.organisation:      # an act of nobody cannot be answered for
            return None
        period, why = self._period(verdict.kind, own, sentence, None, act.object)
        return self._statement(sentence, verdict.kind, act.start, act.end, act.object, period,
                               (verdict.reason, act.reason, why, self.state.voice.why), None)

    def _decide(self, sentence: Sentence, clause: Clause, own: Moment | None, planning: bool, at: int) -> Verdict:
        back = planning and self._looks_back(sentence, own, at)
        role = "report" if back else "plan" if planning else sentence.section.role
        return decide(clause, role, period_end=own.period.end if own else None, today=self.state.reference.today,
                      closed=self.state.closed)

    def _looks_back(self, sentence: Sentence, own: Moment | None, at: int) -> bool:
        """A speaker tells of what is done as well: 局长李明表示，1至8月，全市新建泵站5座; or how things stand: 失业率为5.5%."""
        today = self.state.reference.today
        if sentence.section.role != "report":      # 下一步，将建设…。截至目前，开行班列119班
            until_now = own is not None and today is not None and own.reach in ("since", "point") and own.period.end == today
            return until_now and not looks_ahead(sentence.text) and not sets_aims(sentence.text)
        if own and own.reach != "until" and own.period.end and today and own.period.end <= today:
            return True
        return self.state.voice.owner is not None and not self.state.aims and only_states(sentence.text, at)

    def _period(self, kind: StatementKind, own: Moment | None, sentence: Sentence, measure: Measure | None,
                indicator: str) -> tuple[Period, str]:
        moment = own or self.state.paragraph_moment or self._era_of(kind, sentence.section)
        if moment is None or (kind == "result" and self._runs_on(moment)) or (kind == "goal" and self._is_over(moment)):
            period, why = self._default(kind, sentence)
            return as_stock(period, measure, indicator), why
        period = moment.period
        if kind == "result" and self.state.closed and self.context.kind == "government" and moment.reach in ("since", "point") and period.end == self.state.reference.today:
            period = Period(period.start, self.state.report.end)
        return as_stock(period, measure, indicator), f"时间词“{moment.words}”"

    def _era_of(self, kind: StatementKind, section: Section) -> Moment | None:
        return self.state.era if kind == "result" and section.role == "report" and section.top == self.state.era_heading else None

    def _is_over(self, moment: Moment) -> bool:
        """A goal is not due before it was written: 2月奠基，建成后提高50% is dated by nothing."""
        today, end = self.state.reference.today, moment.period.end
        return bool(today and end and (end.year, end.month) < (today.year, today.month))

    def _runs_on(self, moment: Moment) -> bool:
        """A result under 今年 or 2021年 in a year not yet over covers what the document reports on, unless it says 已."""
        today = self.state.reference.today
        return bool(today and moment.reach == "span" and moment.period.end and moment.period.end > today and self.state.report.end)

    def _default(self, kind: StatementKind, sentence: Sentence) -> tuple[Period, str]:
        """The period of a statement without a time word: that of the heading, else of the document's part."""
        section = sentence.section
        if section is not self._section:
            self._section, self._defaults = section, {}
        if kind not in self._defaults:
            self._defaults[kind] = self._section_period(kind, section)
        return self._defaults[kind]

    def _section_period(self, kind: StatementKind, section: Section) -> tuple[Period, str]:
        if kind == "goal" and section.role == "report":
            return Period(), "没有时限"
        for heading in (section.heading, section.top):
            found = self._heading_period(heading, kind) if heading else None
            if found:
                return found, f"小标题“{heading[:20]}”"
        return (self.state.report if kind == "result" else self.state.plan), "本节所说的期间"

    def _heading_period(self, heading: str, kind: StatementKind) -> Period | None:
        """The period a heading names: “十四五”时期的主要目标, 2021年重点工作; for results only a past one, alone."""
        if self.context.kind != "government":
            return None
        moments = [moment for moment in find_periods(heading, self._reference("plan" if kind == "goal" else "report")) if moment.period.end]
        today = self.state.reference.today
        if kind == "goal":
            ahead = [m.period for m in moments if not today or (m.period.end and m.period.end >= today)]
            return ahead[-1] if ahead and _DATED_PLAN.search(heading) else None
        if len(moments) != 1 or not moments[0].multi_year:
            return None
        end = moments[0].period.end
        return moments[0].period if not today or (end and end <= today) else None

    def _statement(self, sentence: Sentence, kind: StatementKind, start: int, end: int, indicator: str, period: Period,
                   reasons: tuple[str, ...], figure: Figure | None) -> Statement | None:
        text = sentence.folded.text
        while start < end and text[start] in _STRIP:
            start += 1
        while end > start and text[end - 1] in _STRIP:
            end -= 1
        if start >= end:
            return None
        span: Span = sentence.folded.source_span(start, end)
        voice = self.state.voice
        # in the order of the fields: a dozen of them by name take three times as long, for every statement of every page
        return Statement(
            kind, voice.organisation, span, quote_of(self.text.content, span), indicator,
            figure.indicator_key if figure and indicator is figure.indicator else indicator_key(indicator, self.vocabulary),
            figure.quantity if figure else None, figure.measure if figure else None, period,
            voice.owner if kind == "goal" else None, voice.post if kind == "goal" else None,
            figure.scope if figure else None, sentence.paragraph.number, sentence.paragraph.page,
            reasons if all(reasons) else tuple(filter(None, reasons)),
        )


def _place(found: tuple[int, Statement]) -> int:
    return found[0]


_REVIEW_OF_YEARS = re.compile(r"[五三四]年|十[一二三四五]?五|[一-龥]届")
_WILL = re.compile(r"确保(?!了)|力争|力求|计划")
_SAYS = re.compile(r"(?P<name>[\u4e00-\u9fa5]{2,3}?)(?:还|同时|进一步|最后)?(?:指出|强调|要求|表示|介绍|透露|提出|说)[，,：:]")
_TOLD = re.compile(r"[^，。：:“”]{1,24}?(?:说|指出|表示|介绍|称|强调)[，,：:]“?")
_OF_IT = re.compile(r"其中|在(?:这个|这些|其中)|分(?:行业|产业|领域|类别|地区|项目)[看来，]")
