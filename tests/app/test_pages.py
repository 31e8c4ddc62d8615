"""Pages as people meet them: tables sort, filter, page, export; records change in place; hostile text stays text."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests import factories
from tests.app.samples_pages import DAY, TEXT, htmx
from tracker.models import (
    Event,
    Finding,
    Goal,
    GoalChange,
    GoalStatus,
    Light,
    LinkState,
    Result,
    SavedView,
    Status,
    StatusDay,
)
from tracker.services import progress
from tracker.tables import others
from tracker.views import organisations
from tracker.views.about import EventList
from tracker.views.documents import DocumentList
from tracker.views.goals import GoalList
from tracker.views.imports import ImportList
from tracker.views.organisations import OrganisationList
from tracker.views.paging import Ordering, read_page
from tracker.views.places import cut, excerpt, paragraphs
from tracker.views.search import mark_words, snippet
from tracker.views.statements import ChangeList, LinkList, ResultList

pytestmark = pytest.mark.django_db
LISTS = [GoalList, ResultList, LinkList, ChangeList, DocumentList, OrganisationList, ImportList, EventList]
AS_OF = {"as_of": DAY.isoformat()}


# ---- tables


@pytest.mark.parametrize("page", LISTS, ids=lambda page: page.page)
def test_every_table_sorts_by_every_column_both_ways_and_exports(page, desk, town):
    table = page.table_class([])
    names = [column.name for column in table.columns.iterall()]
    address = reverse(page.page)
    assert desk.get(address, AS_OF).status_code == 200
    for name in names:
        for sort in (name, f"-{name}"):
            assert desk.get(address, AS_OF | {"sort": sort, "cols": name}).status_code == 200, sort
    everything = {"cols": names}
    assert desk.get(address, AS_OF | everything | {"export": "xlsx"}).status_code == 200
    answer = desk.get(address, AS_OF | everything | {"export": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) >= 2
    assert desk.get(address, AS_OF | {"print": "1"}).status_code == 200


@pytest.mark.parametrize("page", LISTS, ids=lambda page: page.page)
@pytest.mark.parametrize("value", ["%", "'\"<script>", "😀" * 30, "2024-13-45", "-1", "a" * 500])
def test_no_value_of_any_filter_breaks_a_table(page, value, desk, town):
    for name in page.filter_class.base_filters:
        answer = desk.get(reverse(page.page), AS_OF | {name: value})
        assert answer.status_code == 200, name
        assert "<script>'" not in answer.content.decode()


@pytest.mark.parametrize("asked", [{"after": "x"}, {"after": "999999"}, {"before": "7", "from": "abc"}, {"sort": "nonsense"}, {"cols": "nonsense"},
                                   {"size": "7"}, {"as_of": "9999-99-99"}, {"end": "1"}])  # fmt: skip
def test_nonsense_in_the_address_gives_a_page(asked, desk, town):
    assert desk.get(reverse("goals"), AS_OF | asked).status_code == 200


def make_goals(organisation, n: int) -> None:
    for number in range(n):
        factories.goal(organisation=organisation, indicator=f"指标{number % 7}", value=number % 5 or None)


def test_pages_by_keyset_show_every_row_once_in_both_directions(town):
    make_goals(town.organisation, 23)
    rows = Goal.objects.all()
    for order in (Ordering("value"), Ordering("value", True), Ordering("indicator"), Ordering("pk", True)):
        whole = [goal.pk for goal in read_page(rows, order, 100, {}).rows]
        assert sorted(whole) == sorted(rows.values_list("pk", flat=True))
        walked, asked, pages = [], {}, []
        while True:
            page = read_page(rows, order, 5, asked)
            pages.append(page)
            walked += [goal.pk for goal in page.rows]
            if page.after is None:
                break
            asked = {"after": str(page.after), "from": str(page.next_first)}
        assert walked == whole
        assert [page.first for page in pages] == [1, 6, 11, 16, 21, 26][: len(pages)]
        back, page = [], pages[-1]
        while page.before is not None:
            page = read_page(rows, order, 5, {"before": str(page.before), "from": str(page.previous_first)})
            back = [goal.pk for goal in page.rows] + back
        assert back == whole[: len(back)]
        assert page.first == 1


def test_rows_without_a_value_stand_last_both_ways(town):
    make_goals(town.organisation, 10)
    for falling in (False, True):
        values = [goal.value for goal in read_page(Goal.objects.all(), Ordering("value", falling), 100, {}).rows]
        first_empty = values.index(None)
        assert all(value is None for value in values[first_empty:])
        assert values[:first_empty] == sorted(values[:first_empty], reverse=falling)


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ({"q": "外贸"}, "新增外贸企业", "新建学校"),
        ({"q": "外贸 沈怀仁"}, "新增外贸企业", "重点企业</a>"),
        ({"q": "学校"}, "新建学校", "新增外贸企业"),
        ({"owner": "周知远"}, "新建学校", "新增外贸企业"),
        ({"answer": "none"}, "重点企业", "新增外贸企业</a>"),
        ({"notable": "drift"}, "新增外贸企业", "新建学校"),
        ({"due_to": "2024-06-30"}, "没有符合条件的行", "新增外贸企业</a>"),
        ({"kind": "words"}, "没有符合条件的行", "新增外贸企业</a>"),
        ({"title": "2024年计划"}, "新增外贸企业", "新建学校"),
        ({"review": "accepted"}, "没有符合条件的行", "新增外贸企业</a>"),
    ],
)
def test_filters_of_the_ledger(asked, shown, hidden, desk, town):
    page = desk.get(reverse("goals"), AS_OF | asked).content.decode()
    body = page[page.index('class="card flush"') :]
    assert shown in body
    assert hidden not in body


def test_status_chips_count_and_filter(desk, town):
    answer = desk.get(reverse("goals"), AS_OF)
    assert answer.context["chips"][0].n == 3
    for status, n in (
        GoalStatus.objects.filter(as_of=DAY).values_list("status").distinct().values_list("status", "status")
    ):
        del n
        rows = desk.get(reverse("goals"), AS_OF | {"status": status}).context["page"]
        assert rows.count == GoalStatus.objects.filter(as_of=DAY, status=status).count()


def test_export_is_exactly_this_view_with_real_numbers_and_dates(desk, town):
    answer = desk.get(
        reverse("goals"),
        AS_OF | {"export": "xlsx", "q": "外贸", "cols": ["goal", "completion", "gap", "deadline", "status"]},
    )
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[3]] == ["序号", "指标与原文", "完成率", "差值", "时限", "亮灯"]
    row = [cell.value for cell in sheet[4]]
    assert row[1].startswith("新增外贸企业\n")
    assert isinstance(row[2], float) and sheet["C4"].number_format == "0.0%"
    assert row[4].date() == date(2024, 12, 31)
    assert sheet.max_row == 4
    assert "搜索：外贸" in sheet["A2"].value


def test_exported_figures_are_numbers_shown_with_their_unit_and_conditions_are_words(desk, town):
    goal = factories.goal(organisation=town.organisation, indicator="新增床位", value=Decimal("1200.5"), unit="张", comparator="ge")
    asked = AS_OF | {"q": "新增床位", "organisation": town.organisation.pk, "status": "no_data", "cols": ["target", "latest"]}
    sheet = load_workbook(io.BytesIO(desk.get(reverse("goals"), asked | {"export": "xlsx"}).content)).active
    assert (sheet["B4"].value, sheet["B4"].number_format) == (1200.5, '"≥ "#,##0.0" 张"')
    assert f"单位：{town.organisation.name}" in sheet["A2"].value and "状态：无数据" in sheet["A2"].value
    text = b"".join(desk.get(reverse("goals"), asked | {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert '"≥ 1,200.5 张"' in text and goal.pk


def test_a_formula_in_the_text_stays_text_in_excel_and_csv(desk, town):
    factories.goal(organisation=town.organisation, indicator='=HYPERLINK("http://x")', quote="=1+1")
    answer = desk.get(reverse("goals"), AS_OF | {"export": "xlsx"})
    cells = [cell for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert any(str(cell.value).startswith('=HYPERLINK("http://x")') for cell in cells)
    text = b"".join(desk.get(reverse("goals"), AS_OF | {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert "'=HYPERLINK" in text


def test_a_saved_view_keeps_conditions_order_and_columns_but_not_the_place(desk, town):
    desk.post(
        reverse("saved_views"),
        {"page": "goals", "name": "外贸", "query": "q=外贸&sort=-deadline&after=5&from=51&as_of=2024-01-01&owner="},
    )
    view = SavedView.objects.get(name="外贸")
    assert view.query == "q=%E5%A4%96%E8%B4%B8&sort=-deadline"
    page = desk.get(reverse("goals") + "?" + view.query).content.decode()
    assert f'href="?{view.query.replace("&", "&amp;")}" aria-current="true"' in page


def fill(n: int) -> None:
    """Many goals with progress, written straight into the tables."""
    body = factories.organisation("望海市统计局")
    goals = Goal.objects.bulk_create(
        Goal(
            organisation=body,
            quote=f"目标{i}",
            indicator=f"指标{i}",
            period_end=date(2024, 12, 31) + timedelta(days=i % 90),
        )
        for i in range(n)
    )
    GoalStatus.objects.bulk_create(
        GoalStatus(
            goal=goal, as_of=DAY, status=Status.NO_DATA, computed=Status.NO_DATA, light=Light.GREY, gap=Decimal(i % 100)
        )
        for i, goal in enumerate(goals)
    )
    StatusDay.objects.update_or_create(as_of=DAY, defaults={"wanted": 1, "done": 1})


# golden counts: a page must not ask more the more rows there are
QUERIES = {
    "front": 20,
    "goals": 14,
    "results": 12,
    "links": 13,
    "changes": 12,
    "documents": 12,
    "organisations": 14,
    "review": 20,
    "wall": 20,
    "timeline": 13,
}


@pytest.mark.usefixtures("unchecked_memories")
@pytest.mark.parametrize("page", QUERIES)
def test_number_of_queries_does_not_grow_with_rows(page, desk, town):
    desk.get(reverse(page), AS_OF)
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(reverse(page), AS_OF)
    fill(120)
    desk.get(reverse(page), AS_OF)
    with CaptureQueriesContext(connection) as many:
        desk.get(reverse(page), AS_OF)
    assert len(many) <= len(few) + 1
    assert len(many) <= QUERIES[page]


# ---- documents and places


def test_marks_are_cut_at_every_border_and_lose_no_character(town):
    views = paragraphs(town.document, [town.goal, town.inner, town.result])
    assert ["".join(segment.text for segment in view.segments) for view in views] == TEXT.split("\n")
    inner = next(segment for view in views for segment in view.segments if segment.text == "重点企业不少于10家")
    assert [record.pk for record in inner.records] == [town.goal.pk, town.inner.pk]
    assert {town.goal.lane, town.inner.lane} == {0, 1}


def test_offsets_are_code_points_also_after_rare_characters():
    text = "𠮷林路建成👍后新增学位5个"

    class Mark:
        pk, start, end = 1, text.index("新增"), len(text)

    pieces = cut(text, 0, len(text), [Mark])
    assert [piece.text for piece in pieces] == ["𠮷林路建成👍后", "新增学位5个"]
    assert pieces[1].start == 7


def test_a_line_break_inside_a_sentence_is_hidden_but_kept():
    text = "新增可\n　再生 能源\nLine one\nword"
    pieces = cut(text, 0, len(text), [])
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.hidden] == ["\n　", "\n"]


def test_an_excerpt_shows_the_quote_in_its_paragraph(town):
    shown = excerpt(town.inner)
    assert (shown.before, shown.quote, shown.after) == ("全年新增外贸企业100家以上，其中", "重点企业不少于10家", "。")
    alone = excerpt(factories.goal(organisation=town.organisation, quote="口头布置"))
    assert (alone.before, alone.quote, alone.after) == ("", "口头布置", "")


def test_cells_of_a_table_stay_apart_in_an_excerpt(town):
    text = "1\t望海市商务局\t新增外贸企业\t100\t家"
    document = factories.document(text, issuer=town.organisation)
    goal = factories.goal(document=document, organisation=town.organisation, quote="新增外贸企业", start=9, end=15)
    shown = excerpt(goal)
    assert shown.before + shown.quote + shown.after == "1 · 望海市商务局 · 新增外贸企业 · 100 · 家"


def test_the_original_file_is_a_download_that_cannot_run(desk, town):
    answer = desk.get(reverse("document_file", args=[town.document.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert b"".join(answer.streaming_content).decode() == TEXT


# ---- hostile text

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}'


def test_hostile_text_is_shown_as_text_everywhere(desk, town):
    body = factories.organisation("望海市" + HOSTILE[:60])
    document = factories.document(HOSTILE + "\n" + HOSTILE, name=HOSTILE + ".txt", title=HOSTILE, issuer=body)
    fields = {"organisation": body, "document": document, "indicator": HOSTILE, "quote": HOSTILE, "owner": HOSTILE[:40], "post": HOSTILE,
              "unit": "<b>个", "start": 0, "end": 20, "reasons": [HOSTILE], "scope": "<i>全市"}  # fmt: skip
    goal, result = factories.goal(**fields), factories.result(**fields)
    link = factories.link(goal, result, reasons=[HOSTILE], objections=[HOSTILE], state=LinkState.PROPOSED)
    GoalChange.objects.create(goal=goal, kind="lowered", happened_on=DAY, sentence=HOSTILE)
    Finding.objects.create(kind="falling", goal=goal, sentence=HOSTILE, fingerprint="hostile")
    Event.objects.create(
        user=town.users["supervisor"],
        action="x",
        model="goal",
        object_id=goal.pk,
        summary=HOSTILE,
        reason=HOSTILE,
        changes={"quote": [HOSTILE, "x"]},
    )
    SavedView.objects.create(user=town.users["supervisor"], page="goals", name=HOSTILE[:60], query=f"q={HOSTILE}")
    factories.job(document, state="failed", error=HOSTILE, advice=HOSTILE)
    addresses = ["/", *(reverse(page.page) for page in LISTS), reverse("goal", args=[goal.pk]), reverse("peek", args=[goal.pk]),
                 reverse("result", args=[result.pk]), reverse("document", args=[document.pk]), reverse("organisation", args=[body.pk]),
                 reverse("person", args=[goal.owner]), reverse("review"), reverse("review") + "?part=links", reverse("review") + "?part=changes",
                 reverse("review") + "?part=findings", reverse("wall"), reverse("timeline"), reverse("search") + "?q=<script>",
                 reverse("upload"), reverse("record_edit", args=["goal", goal.pk]), reverse("record_link", args=["goal", goal.pk]) + "?q=<script>",
                 reverse("record_merge", args=["goal", goal.pk]), reverse("record_split", args=["goal", goal.pk])]  # fmt: skip
    for address in addresses:
        shown = desk.get(address, AS_OF if "?" not in address else None).content.decode()
        assert "<script>alert" not in shown, address
        assert "<img src=x" not in shown, address
        assert "<b>个" not in shown, address
        assert ">49<" not in shown, address
    assert link.pk


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("城镇新增就业4万人", ["就业"], "城镇新增<mark>就业</mark>4万人"),
        ("GDP增长", ["gdp"], "<mark>GDP</mark>增长"),
        ("<b>就业</b>", ["就业"], "&lt;b&gt;<mark>就业</mark>&lt;/b&gt;"),
        ("a.b", ["."], "a<mark>.</mark>b"),
        ("没有", ["就业"], "没有"),
        ("没有", [], "没有"),
    ],
)
def test_hits_are_marked_and_the_rest_escaped(text, words, expected):
    assert mark_words(text, words) == expected


def test_a_snippet_stands_around_the_hit():
    found = snippet("前" * 100 + "就业" + "后" * 300, ["就业"])
    assert found.startswith("…前") and "<mark>就业</mark>" in found and found.endswith("…")


def test_search_finds_two_characters_names_and_numbers(desk, town):
    for text, expected in (
        ("外贸", "goals"),
        ("沈怀仁", "people"),
        ("56", "results"),
        ("计划", "documents"),
        ("商务", "organisations"),
    ):
        groups = desk.get(reverse("search"), {"q": text}).context["groups"]
        assert next(group for group in groups if group.kind == expected).n >= 1, text
    assert "没有同时含有" in desk.get(reverse("search"), {"q": "外贸 绝不存在"}).content.decode()


# ---- imports


def test_upload_takes_several_files_and_leads_to_a_known_one(desk, town, django_capture_on_commit_callbacks):
    def file(name: str, text: str) -> io.BytesIO:
        data = io.BytesIO(text.encode())
        data.name = name
        return data

    answer = desk.post(
        reverse("upload"),
        {"files": [file("一.txt", "全年新增就业5万人。"), file("二.txt", "建成学校3所。"), file("坏.exe", "MZ")]},
        follow=True,
    )
    page = answer.content.decode()
    assert "一.txt" in page and "二.txt" in page
    assert "没有导入" in page
    again = desk.post(reverse("upload"), {"files": [file("又一.txt", "全年新增就业5万人。")]})
    text = again.content.decode()
    assert "以前已经导入" in text and re.search(r"/documents/\d+/", text)
    nothing = desk.post(reverse("upload"), {}, follow=True)
    assert "没有选择文件" in nothing.content.decode()


def test_progress_asks_again_only_while_work_is_open(desk, town):
    batch = reverse("import_batch", args=[town.job.batch_id])
    assert "every 1s" not in htmx(desk, batch).content.decode()
    open_job = factories.job(factories.document("再读一份"), batch=town.job.batch)
    assert "every 1s" in htmx(desk, batch).content.decode()
    desk.post(reverse("import_change", args=[open_job.pk]), {"action": "cancel"})
    open_job.refresh_from_db()
    assert open_job.state == "cancelled"
    desk.post(reverse("import_change", args=[open_job.pk]), {"action": "retry"})
    open_job.refresh_from_db()
    assert open_job.state == "pending"


def test_empty_pages_say_what_to_do(client):
    client.force_login(factories.user("first"), backend="django.contrib.auth.backends.ModelBackend")
    for page in (
        "front",
        "goals",
        "documents",
        "review",
        "wall",
        "timeline",
        "search",
        "imports",
        "organisations",
        "results",
        "links",
        "changes",
    ):
        answer = client.get(reverse(page))
        assert answer.status_code == 200, page
    assert "上传一份工作总结或计划" in client.get(reverse("goals")).content.decode()
    assert Result.objects.count() == 0


def test_every_recorded_action_has_a_word():
    """The audit page shows words; an action that somebody adds without one would stand there in English."""
    source = "".join(path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "reports" / "services").glob("*.py"))
    recorded = set(re.findall(r'_record\(\s*"(\w+)"', source)) - {"submit", "approve", "return", "withdraw"}
    recorded |= set(re.findall(r'action="(\w+)"', source))
    assert recorded and sorted(recorded - others.ACTIONS.keys()) == []


def test_the_wall_shows_what_is_worked_out_and_asks_again_soon_for_the_rest(desk, town, monkeypatch):
    monkeypatch.setattr(organisations, "PATIENCE", 0)
    monkeypatch.setattr(progress, "_ask_worker", lambda day: None)
    page = desk.get(reverse("wall"), AS_OF).content.decode()
    assert "正在测算其余 6 个月" in page and 'hx-trigger="every 3s"' in page
    monkeypatch.setattr(organisations, "PATIENCE", 60)
    part = htmx(desk, reverse("wall")).content.decode()
    assert "正在测算" not in part and 'hx-trigger="every 60s"' in part
