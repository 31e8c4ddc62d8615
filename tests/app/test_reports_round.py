"""Scores and flags, breakdown, the bulletin."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal

import pytest
from docx import Document as Docx

from reports.bulletin import write_bulletin
from reports.models import FlagRule, ScoreRule
from reports.services import breakdown, months, scoring
from reports.services.months import RoundError
from tests.app import reports_samples as samples
from tests.app.excel_rules import check_schema
from tracker.models import ChangeKind, GoalChange, GoalStatus, Role, Status
from tracker.services import corrections

pytestmark = pytest.mark.django_db
AS_OF = samples.AS_OF


def test_scores_show_their_arithmetic():
    goals = samples.make_city()
    scores = {score.name: score for score in scoring.score_month(months.close_month(AS_OF))}
    farming = scores["望海市农业农村局"]
    assert farming.mean == Decimal("6.00")
    assert farming.arithmetic == "达到序时进度1项×8＋未达序时进度（滞后）1项×4＝12；12÷2项＝6分"
    assert farming.flag.name == "蓝旗"
    assert scores[goals["overdue"].organisation.name].mean == Decimal("1.33")
    assert {score.rank for score in scores.values()} == {1, 2, 3}


def test_points_of_one_organisation_go_before_the_common_ones():
    goals = samples.make_city()
    scoring.ensure_rules()
    own = goals["behind"].organisation
    ScoreRule.objects.create(organisation=own, status=Status.BEHIND, points=8)
    FlagRule.objects.create(name="流动红旗", points=Decimal("7.5"))
    score = next(s for s in scoring.score_month(months.close_month(AS_OF)) if s.name == own.name)
    assert score.mean == 8 and score.rank == 1 and score.flag.name == "红旗"


def test_equal_scores_share_a_rank():
    made = [scoring.Score(n, f"单位{n}", 1, Decimal(mean), "") for n, mean in enumerate(("5", "8", "8", "3"), 1)]
    assert [(score.name, score.rank) for score in scoring.place(made)] == [
        ("单位2", 1),
        ("单位3", 1),
        ("单位1", 3),
        ("单位4", 4),
    ]


def test_quarter_is_the_mean_of_its_closed_months():
    goals = samples.make_city()
    user = samples.make_user("supervisor", Role.SUPERVISOR)
    months.close_month(AS_OF, user=user)
    november = date(2024, 11, 30)
    for row in GoalStatus.objects.filter(as_of=AS_OF):
        GoalStatus.objects.create(
            goal=row.goal, as_of=november, status=row.status, computed=row.computed, light=row.light
        )
    corrections.decide_status(goals["behind"], november, Status.DONE, user=user, reason="核验")
    months.close_month(november, user=user)
    scores, counted = scoring.score_quarter(2024, 4)
    farming = next(score for score in scores if score.name == "望海市农业农村局")
    assert len(counted) == 2 and scoring.quarters() == [(2024, 4)]
    assert farming.arithmetic == "（10月6＋11月9）÷2个月＝7.5分" and farming.mean == Decimal("7.50")
    assert scoring.score_quarter(2023, 1) == ([], [])


@pytest.fixture
def broken_down():
    goals = samples.make_city()
    user = samples.make_user("supervisor", Role.SUPERVISOR)
    goal = goals["behind"]
    own = goal.organisation
    east = breakdown.add_task(
        goal, {"title": "东部改厕", "lead": own, "weight": Decimal(2)}, [goals["risk"].organisation], user=user
    )
    west = breakdown.add_task(
        goal, {"title": "西部改厕", "lead": own, "weight": Decimal(1), "deadline": AS_OF}, [], user=user
    )
    first = breakdown.add_milestone(
        east, {"due_on": date(2024, 6, 30), "sentence": "完成招标", "share": Decimal(30)}, user=user
    )
    second = breakdown.add_milestone(
        east, {"due_on": date(2024, 9, 30), "sentence": "主体完工", "share": Decimal(50)}, user=user
    )
    breakdown.add_milestone(east, {"due_on": date(2024, 12, 31), "sentence": "验收", "share": Decimal(20)}, user=user)
    return {"goal": goal, "user": user, "east": east, "west": west, "first": first, "second": second}


def test_progress_rolls_up_by_the_written_rule(broken_down):
    goal, user = broken_down["goal"], broken_down["user"]
    breakdown.set_done(broken_down["first"], date(2024, 7, 1), user=user)
    found = breakdown.goal_progress(goal, AS_OF)
    assert (found.done, found.due) == (Decimal("20.0"), Decimal("86.7"))  # (30×2+0×1)÷3 and (80×2+100×1)÷3
    assert found.arithmetic == "（30.0%×2＋0%×1）÷3＝20.0%，应达86.7%"
    assert [each.sentence for each in found.tasks[0].late] == ["主体完工"]
    breakdown.set_done(broken_down["second"], date(2024, 10, 1), user=user)
    breakdown.set_done(broken_down["west"], date(2024, 10, 20), user=user)
    assert breakdown.goal_progress(goal, AS_OF).done == Decimal("86.7")
    assert breakdown.goal_progress(goal, date(2024, 9, 1)).done == Decimal("20.0")


def test_shares_beyond_a_hundred_and_deadlines_beyond_the_goals_are_refused(broken_down):
    user = broken_down["user"]
    with pytest.raises(RoundError, match="还能填0%"):
        breakdown.add_milestone(
            broken_down["east"], {"due_on": AS_OF, "sentence": "多", "share": Decimal(1)}, user=user
        )
    with pytest.raises(RoundError, match="晚于目标时限"):
        late = {"title": "晚", "lead": broken_down["goal"].organisation, "deadline": date(2025, 6, 1)}
        breakdown.add_task(broken_down["goal"], late, [], user=user)
    with pytest.raises(RoundError, match="理由"):
        breakdown.remove(broken_down["west"], user=user, reason="")
    breakdown.remove(broken_down["west"], user=user, reason="合并到东部")
    assert broken_down["goal"].tasks.count() == 1


def test_goal_without_tasks_has_no_roll_up():
    goals = samples.make_city()
    assert breakdown.goal_progress(goals["done"], AS_OF) is None


def test_bulletin_takes_every_figure_from_the_snapshot():
    goals = samples.make_city()
    user = samples.make_user("supervisor", Role.SUPERVISOR)
    snapshot = months.close_month(AS_OF, user=user)
    corrections.correct(goals["behind"], {"value": 9999}, user=user, reason="改")
    out = io.BytesIO()
    write_bulletin(snapshot, out, months.round_settings())
    document = Docx(io.BytesIO(out.getvalue()))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "关于2024年10月重点目标任务\n进展情况的通报" in text
    assert "本期纳入台账的目标9项，涉及3个单位" in text
    assert "已完成1项，超序时1项" in text and "共3项，占33.3%" in text
    assert "“改造农村户厕”（责任人李秀英）：目标不低于8000户，已完成5200户，完成率65.0%，落后序时18.3个百分点" in text
    assert "9999" not in text
    assert "下调，由不低于7.5%改为约6%（2024年7月20日）" in text
    check_schema(out.getvalue(), "docx")
    table = document.tables[0]
    assert [cell.text for cell in table.rows[1].cells][:3] == ["1", "望海市工业和信息化局", "4"]
    faces = {run.font.name for paragraph in document.paragraphs for run in paragraph.runs}
    assert {"方正小标宋简体", "黑体", "仿宋_GB2312"} <= faces


def test_bulletin_of_a_month_without_goals():
    out = io.BytesIO()
    write_bulletin(months.close_month(AS_OF), out, months.round_settings())
    text = "\n".join(paragraph.text for paragraph in Docx(io.BytesIO(out.getvalue())).paragraphs)
    assert "目标0项" in text and "本期没有滞后或逾期的目标。" in text


def test_bulletin_reads_as_prose_oldest_silence_first():
    """Days as words, single quotation marks inside, a goal that was dropped said once."""
    goals = samples.make_city()
    quiet = samples.make_goal(
        goals["no_data"].organisation, "“一网通办”事项", 8, "项", period_start=None, period_end=date(2023, 12, 31)
    )
    searched = "期限2023-12-31已过，没有找到“一网通办”事项的完成情况；查了两份文件"
    samples.state(quiet, Status.NO_DATA, "grey", searched=searched.replace("“一网通办”事项", "““一网通办”事项”"))
    GoalChange.objects.create(goal=goals["no_data"], kind=ChangeKind.DROPPED, happened_on=date(2024, 8, 1))
    out = io.BytesIO()
    write_bulletin(months.close_month(AS_OF), out, months.round_settings())
    lines = [paragraph.text for paragraph in Docx(io.BytesIO(out.getvalue())).paragraphs]
    (first,) = [line for line in lines if line.startswith("1.") and "一网通办" in line]
    assert first == "1.望海市工业和信息化局“‘一网通办’事项”：期限2023年12月31日已过，没有找到完成情况。"
    assert any("未再提及，原为不低于5个（2024年8月1日）" in line for line in lines)
    assert not any(re.search(r"\d{4}-\d{2}-\d{2}", line) for line in lines)
