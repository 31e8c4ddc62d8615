"""Search by the word index: what holds the words is found, whatever wrote it, by whom who may see it, however many rows there are.

These run on SQLite here and on PostgreSQL in tests/services/test_search_engine.py.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from tests import factories
from tracker.models import Document, Goal, Organisation, Result, Role
from tracker.services import corrections, searching, wordindex
from tracker.services.searching import Wanted, find
from tracker.services.wordindex import DOCUMENTS, GOALS, INDEXES, OWNERS, RESULTS, Holds, pairs

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def many(monkeypatch):
    """As if there were many rows: only the newest one is looked through, the index is asked for the others."""
    monkeypatch.setattr(searching, "NEWEST", 1)
    monkeypatch.setattr(searching, "NEWEST_DOCUMENTS", 1)


@pytest.fixture
def bodies():
    return [factories.organisation(name) for name in ("望海市教育局", "望海市水务局")]


@pytest.fixture
def goals(bodies):
    said = (
        ("公办学位", "新增公办学位1200个", "沈怀仁"),
        ("村级卫生室", "改造村级卫生室23所", ""),
        ("供水管网", "更新供水管网GIS系统，漏损率降至9.5%", "沈怀仁"),
        ("充电桩", "建设充电桩，电桩须在车位旁", ""),
        ("充电设施与桩基", "充电设施与电桩分开建设", ""),
    )
    return [
        factories.goal(organisation=bodies[i % 2], indicator=indicator, quote=quote, owner=owner)
        for i, (indicator, quote, owner) in enumerate(said)
    ]


def found(text: str, index=GOALS, **limits: int) -> list[int]:
    return find(index, index.model.objects.all(), Wanted.read(text), **limits).ids


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("学位", [0]),
        ("卫生室", [1]),
        ("1200", [0]),
        ("9.5%", [2]),
        ("gis", [2]),
        ("沈怀仁", [2, 0]),
        ("充电桩", [3]),
        ("教育局", [4, 2, 0]),
        ("教育局 学位", [0]),
        ("水务 卫生", [1]),
        ("教育 卫生", []),
        ("管 系统", [2]),
        ("学 位", []),
        ("位个", []),
        ("绝不存在", []),
    ],
)
@pytest.mark.parametrize("size", ["few", "many"])
def test_words_names_and_numbers_are_found_newest_first(text, places, size, goals, request):
    """充电设施与电桩 holds both pairs of 充电桩 but not the word; 学位1200 does not hold 位个."""
    if size == "many":
        request.getfixturevalue("many")
    expected = [goals[place].pk for place in places] if text != "学 位" else [goals[0].pk]
    assert found(text) == expected


@pytest.mark.parametrize("size", ["few", "many"])
def test_counting_stops_and_says_so(size, bodies, request):
    if size == "many":
        request.getfixturevalue("many")
    rows = [factories.goal(organisation=bodies[0], indicator="公办学位", quote=f"新增学位{i}个") for i in range(12)]
    answer = find(GOALS, Goal.objects.all(), Wanted.read("学位"), most=10)
    assert len(answer.ids) == 10 and answer.more and answer.ids[0] == rows[-1].pk
    whole = find(GOALS, Goal.objects.all(), Wanted.read("学位"), most=12)
    assert whole.ids == [row.pk for row in reversed(rows)] and not whole.more


def held(index, word: str) -> list[int]:
    """What the index itself says."""
    return list(index.model.objects.filter(Holds(index, word)).order_by("pk").values_list("pk", flat=True))


def test_every_way_of_writing_keeps_the_index(goals, bodies):
    quoted = {"quote": "新建口袋公园8处", "organisation": bodies[0], "indicator": "口袋公园"}
    made = Result.objects.bulk_create([Result(**quoted), Result(**quoted)])
    assert held(RESULTS, "口袋") == [row.pk for row in made]
    Result.objects.filter(pk=made[0].pk).update(quote="新建口袋书店8处", indicator="书店")
    assert held(RESULTS, "公园") == [made[1].pk] and held(RESULTS, "书店") == [made[0].pk]
    made[1].quote = made[1].indicator = "新建绿道"
    Result.objects.bulk_update(made[1:], ["quote", "indicator"])
    assert held(RESULTS, "公园") == [] and held(RESULTS, "绿道") == [made[1].pk]
    again = Result(pk=made[1].pk, **quoted)
    Result.objects.bulk_create([again], update_conflicts=True, unique_fields=["id"], update_fields=["quote", "indicator"])
    assert held(RESULTS, "绿道") == [] and held(RESULTS, "公园") == [made[1].pk]
    Result.objects.filter(pk=made[0].pk).delete()
    assert held(RESULTS, "书店") == []
    corrections.correct(goals[1], {"indicator": "乡镇卫生院"}, user=factories.user(), reason="写错")
    assert held(GOALS, "卫生") == [goals[1].pk] and held(GOALS, "生院") == [goals[1].pk]
    paper = factories.document("全市新建口袋公园八处。", name="总结.txt")
    assert held(DOCUMENTS, "口袋") == [paper.pk]
    Document.objects.filter(pk=paper.pk).update(content="正文换了。", title="口岸")
    assert held(DOCUMENTS, "口袋") == [] and held(DOCUMENTS, "口岸") == [paper.pk]
    assert held(OWNERS, "怀仁") == [goals[0].pk, goals[2].pk]


def settle():
    """PostgreSQL makes no index in a transaction that has checks to do at its end: they are done now."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_owner_comes_and_goes(bodies):
    """A goal without an owner is not in the owners' index: nothing is to be taken out of it when an owner comes."""
    alone = factories.goal(organisation=bodies[0], owner="")
    Goal.objects.update(owner="沈怀仁")
    assert held(OWNERS, "怀仁") == [alone.pk]
    Goal.objects.update(owner="")
    assert held(OWNERS, "怀仁") == []
    settle()
    wordindex.rebuild(OWNERS)
    Goal.objects.update(owner="周明")
    alone.refresh_from_db()
    alone.delete()
    assert held(OWNERS, "周明") == []


def test_an_index_that_is_gone_is_missed_and_made_again(goals):
    assert wordindex.missing() == []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP INDEX {GOALS.name}")
        else:
            cursor.execute(f"DROP TRIGGER {GOALS.name}_update")
    assert wordindex.missing() == [GOALS.name]
    Goal.objects.filter(pk=goals[0].pk).update(quote="新增幼儿园6所", indicator="幼儿园")
    settle()
    wordindex.install()
    assert wordindex.missing() == [] and held(GOALS, "幼儿") == [goals[0].pk] and held(GOALS, "学位") == []


def test_the_database_pairs_letters_as_python_does(goals):
    for text in ("Ａ字GIS 9.5%，\n学位\t23所", "一", "", "İstanbul 港口", "𠮷野家"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {wordindex.FUNCTION}(%s, %s)", [text, "尾"])
            (answer,) = cursor.fetchone()
        codes = set(answer) if isinstance(answer, list) else {int(code, 16) for code in answer.split()}
        assert codes == pairs(text, "尾"), text


def test_the_index_is_what_answers(goals):
    """Not a scan: the plan names the index."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        for index in INDEXES:
            assert index.name in index.model.objects.filter(Holds(index, "学位")).order_by().explain(), index.name


def test_the_database_does_not_reckon_with_how_common_a_pair_is(goals):
    """It would otherwise pair the letters of every text anew rather than ask the index."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL keeps such statistics")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tracker_goal")
        cursor.execute("SELECT count(*) FROM pg_stats WHERE tablename = 'goal_words'")
        assert cursor.fetchone() == (0,)


def test_the_page_respects_rights_marks_hits_and_refuses_one_letter(client, goals, bodies, many):
    liaison = factories.user("linda", Role.LIAISON, bodies[1])
    client.force_login(liaison, backend=BACKEND)
    page = client.get(reverse("search"), {"q": "卫生"})
    assert "<mark>卫生</mark>" in page.content.decode()
    none = client.get(reverse("search"), {"q": "学位"})
    assert [group.n for group in none.context["groups"]] == [0, 0, 0, 0, 0]
    people = client.get(reverse("search"), {"q": "怀仁"}).context["groups"][-1]
    assert people.n == 0
    client.force_login(factories.user("sunny"), backend=BACKEND)
    people = client.get(reverse("search"), {"q": "怀仁"}).context["groups"][-1]
    assert people.n == 1 and "2" in people.hits[0].meta
    assert "请至少输入两个字" in client.get(reverse("search"), {"q": "学 1"}).content.decode()


def test_only_rejected_records_are_left_out(client, goals):
    client.force_login(user := factories.user(), backend=BACKEND)
    corrections.reject(goals[0], user=user, reason="重复")
    assert client.get(reverse("search"), {"q": "学位"}).context["groups"][0].n == 0
    corrections.restore(Goal.objects.get(pk=goals[0].pk), user=user)
    assert client.get(reverse("search"), {"q": "学位"}).context["groups"][0].n == 1


def test_the_tables_filter_finds_the_same(client, goals, many):
    client.force_login(factories.user(), backend=BACKEND)
    as_of = {"as_of": date(2024, 12, 31).isoformat()}
    for text in ("学位", "教育局", "充电桩", "沈怀仁 管网"):
        rows = client.get(reverse("goals"), {"q": text} | as_of).context["page"].rows
        assert {row.goal_id for row in rows} == set(found(text)), text


def test_a_document_is_shown_with_the_words_around_the_hit(client, many):
    factories.document("前" * 3000 + "新建口袋公园八处。" + "后" * 3000, name="总结.txt", title="年度总结")
    factories.document("别的事。", name="别的.txt")
    client.force_login(factories.user(), backend=BACKEND)
    hit = client.get(reverse("search"), {"q": "口袋公园"}).context["groups"][2].hits[0]
    assert "<mark>口袋公园</mark>八处" in hit.text and len(hit.text) < 300


def test_bodies_are_found_by_their_other_names(client, bodies):
    corrections.add_alias(Organisation.objects.get(pk=bodies[0].pk), "望海市教体局", user=factories.user())
    client.force_login(factories.user(), backend=BACKEND)
    group = client.get(reverse("search"), {"q": "教体"}).context["groups"][3]
    assert [hit.url for hit in group.hits] == [reverse("organisation", args=[bodies[0].pk])]
