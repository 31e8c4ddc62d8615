"""填表说明: every rule that the ledger uses, in words, with the thresholds that were in force."""

from __future__ import annotations

from .package import COMMENTS, LINKS
from .source import Facts


def light_rules(rules: dict[str, str]) -> list[tuple[str, str]]:
    """Light, and when it is shown."""
    yellow, dark, red = rules["yellow_from"], rules["dark_yellow_from"], rules["red_from"]
    return [
        ("绿灯", f"已完成、超序时或达到序时进度：差值不低于{yellow}个百分点。"),
        ("黄灯", f"差值低于{yellow}个百分点、不低于{dark}个百分点。"),
        ("深黄灯", f"差值低于{dark}个百分点、不低于{red}个百分点。"),
        ("红灯", f"差值低于{red}个百分点，或已过完成时限仍未完成。"),
        ("蓝灯", f"临期：距完成时限不超过{rules['due_soon_days']}天而尚未完成。"),
        ("灰灯", "无数据：没有找到任何回应，或回应中没有可用于测算的数据。"),
    ]


def light_note(rules: dict[str, str]) -> str:
    """The 注 under the ledger."""
    return "注：" + "".join(f"{light}＝{words}" for light, words in light_rules(rules))


STATUSES = [
    ("已完成", "完成值达到目标值（含超额；完成率不封顶）。"),
    ("超序时", "完成率高于序时进度。"),
    ("达到序时进度", "完成率不低于序时进度，或按进度口径达到要求。"),
    ("未达序时进度（滞后）", "完成率低于序时进度。"),
    ("有风险", "按现有速度预计到期完不成，或口径存疑待核。"),
    ("逾期未完成", "完成时限已过，没有达到目标值。"),
    ("未启动", "部门报告尚未开始。"),
    ("目标调整", "后来的文件提高、降低、延期、弱化或不再提及该目标；原目标仍保留在台账。"),
    ("无数据", "没有任何文件回应该目标；“无数据回应清单”写明查过哪些文件、到哪一天。"),
]

COLUMNS = [
    (
        "目标值",
        "原文中的数值；单元格为真实数字，前面的“≥、≤、约”只是显示方式。区间目标的下限在目标值，上限写在单位之后。",
    ),
    ("完成值", "截至日期之前最近一次回应中的数值，换算为目标的计量单位；单位不可换算时照录原文，不作测算。"),
    (
        "完成率",
        "活动公式。新增、完成类＝完成值÷目标值；有基数的存量＝（完成值－基数）÷（目标值－基数）；不高于类＝目标值÷完成值。不封顶。",
    ),
    (
        "序时进度",
        "目标期间已过去的部分：月末按月数÷12，月中按天数。增长率、比率、位次和不高于类不按时间折算，此格为空。",
    ),
    ("差值", "活动公式。按时间折算的＝（完成率－序时进度）×100；不按时间折算的＝完成值与目标值直接比较。"),
    ("自报、测算、核定", "部门自报的完成率与测算的并列，不相混；有核定的以核定为准，核定人与理由写在备注。"),
    ("责任单位", "多个单位共同承担时，先列的为牵头单位。简称和机构改革前的名称归入同一单位。"),
    (
        "原文与来源",
        "目标值和完成值带超链接，点开即到系统中的原句（没有数值的目标链接在序号，没有数值的进展链接在数据截止）；批注写明文件、段落和算式；备注供打印后查对。",
    ),
    ("编号", "隐藏列，供填报表回传时对应，请勿改动。"),
]


RESTATED = (
    "同一单位后来的文件把同一目标原样再提一次（数值、时限都相同）的，总表照列并在备注注明，汇总、各清单、通报和计分只计原来那一项；"
    "“重申待确认”表示还没有人核对，否定后即单独计数。"
)
LINKS_AND_COMMENTS = (
    f"每张表前{LINKS}处数值用超链接，再往后的用HYPERLINK公式（超链接很多的文件打开很慢，总数也有限制），点开都是系统中的原句，参与计算不受影响；"
    f"每张表前{COMMENTS}处带批注，其后的把文件、段落写在超链接的提示里，备注栏每行都有。"
)


def explanation(facts: Facts) -> list[tuple[str, str, str]]:
    """(part, term, words) for every line of the sheet."""
    tolerance, silent = facts.rules["approx_tolerance"], facts.rules["silent_reports"]
    lines = [("列的口径", term, words) for term, words in COLUMNS]
    lines.append(("列的口径", "约、左右", f"与目标值相差不超过{tolerance}%即为达到。"))
    lines.append(("列的口径", "无人回应", f"同一单位此后连续{silent}份报告未提及的，列入无数据回应清单。"))
    lines += [("亮灯规则", light, words) for light, words in light_rules(facts.rules)]
    lines += [("状态", status, words) for status, words in STATUSES]
    lines.append(("汇总", "完成率（按单位汇总）", "已完成的目标数÷目标总数；排名按此从高到低，相同者并列。"))
    lines.append(("汇总", "重申的目标", RESTATED))
    lines.append(("汇总", "平均完成率、平均序时进度", "只计两者都有的目标，简单平均。"))
    since = f"与{facts.since}的月度快照逐项比较。" if facts.since else "此前没有月度快照，本表为空。"
    lines.append(("变更记录", "比较基准", since))
    lines.append(("文件", "链接与批注", LINKS_AND_COMMENTS))
    return lines
