"""Made-up yearly reports of many bodies, 1—2 KB each: as many small documents as are wanted, the same in every run."""

from __future__ import annotations

import random
from pathlib import Path

FIRST_YEAR = 2014
CITIES = [f"{a}{b}市" for a in "临望清云石长平安" for b in "海山河川岭"]
Thing = tuple[str, str, float]  # what is done, its unit, about how much a year
BODIES: dict[str, tuple[Thing, ...]] = {
    "人民政府": (("新建口袋公园", "个", 40), ("城镇新增就业", "万人", 5), ("地区生产总值增长", "%", 6)),
    "教育局": (("新增公办幼儿园学位", "个", 5000), ("改造乡村学校", "所", 60), ("培训骨干教师", "人", 900)),
    "商务局": (("新增限额以上商贸企业", "家", 120), ("实际使用外资", "亿美元", 4), ("举办消费促进活动", "场", 80)),
    "交通运输局": (("新改建农村公路", "公里", 300), ("更新新能源公交车", "辆", 150), ("建成公共停车泊位", "个", 3000)),
    "水务局": (("改造老旧供水管网", "公里", 120), ("新建污水管网", "公里", 90), ("加固病险水库", "座", 15)),
    "农业农村局": (("建设高标准农田", "万亩", 20), ("新增家庭农场", "家", 260), ("推广农机具", "台", 700)),
    "民政局": (("新增养老床位", "张", 1500), ("建成社区食堂", "家", 70), ("完成适老化改造", "户", 900)),
    "科学技术局": (("新认定高新技术企业", "家", 180), ("技术合同成交额", "亿元", 90), ("新建重点实验室", "家", 12)),
    "生态环境局": (("完成入河排污口整治", "个", 140), ("新增污染源监测点位", "个", 60)),
    "住房和城乡建设局": (("改造老旧小区", "个", 160), ("筹集保障性租赁住房", "套", 6000), ("新增城市绿道", "公里", 70)),
    "卫生健康委员会": (("新增医疗床位", "张", 1300), ("建设发热诊室", "个", 40), ("培训乡村医生", "人", 800)),
    "文化和旅游局": (("新建城市书房", "个", 30), ("举办惠民演出", "场", 700), ("接待游客", "万人次", 1900)),
    "体育局": (("新建社区健身中心", "个", 45), ("举办群众赛事", "场", 160)),
    "财政局": (("争取专项债券资金", "亿元", 60), ("压减一般性支出", "%", 8)),
    "应急管理局": (("整治重大隐患", "处", 240), ("建成应急避难场所", "处", 35)),
    "人力资源和社会保障局": (("开展补贴性职业技能培训", "万人次", 4), ("新增高技能人才", "万人", 2)),
    "工业和信息化局": (("实施技术改造项目", "个", 260), ("新增规上工业企业", "家", 210), ("建成5G基站", "个", 2600)),
    "发展和改革委员会": (("开工重点项目", "个", 190), ("完成重点项目投资", "亿元", 700)),
    "市场监督管理局": (("新登记经营主体", "万户", 6), ("抽检食品", "批次", 9000)),
    "自然资源和规划局": (("盘活低效用地", "亩", 5200), ("完成矿山生态修复", "亩", 1300)),
    "行政审批服务局": (("压减审批事项", "项", 60), ("上线一件事服务", "项", 35)),
    "退役军人事务局": (("举办退役军人招聘会", "场", 24), ("走访慰问优抚对象", "人次", 3000)),
    "大数据局": (("归集政务数据", "亿条", 12), ("建成数字应用场景", "个", 55)),
    "园林和林业局": (("新增造林面积", "万亩", 8), ("新建绿地", "公顷", 140)),
    "供销合作社": (("建成为农服务中心", "个", 26), ("开展土地托管", "万亩", 30)),
}
LEADS = ("聚焦{}，狠抓落实，", "围绕{}持续发力，", "坚持把{}摆在突出位置，", "以{}为抓手，")
TOPICS = ("民生实事", "营商环境", "项目建设", "城乡融合", "安全发展", "改革创新", "绿色转型")
REST = (
    "面对复杂形势，全体干部职工迎难而上，各项工作稳步推进。", "同时也要看到，工作中仍存在基础不牢、进展不平衡等问题，需要认真解决。",
    "坚持问题导向，健全台账管理、定期调度、跟踪督办机制，压实各级责任。", "加强队伍建设，改进工作作风，广泛听取群众意见。",
    "深入基层开展调研，协调解决企业和群众反映的困难。",
)  # fmt: skip


def write_papers(folder: Path, number: int) -> list[Path]:
    """A year's report of every body, then the next year's: of 10,000 each of the 1,000 bodies has ten."""
    dice = random.Random(11)  # noqa: S311 - made-up data, the same in every run
    bodies = [(city, body) for city in CITIES for body in BODIES]
    written = []
    for at in range(number):
        (city, body), year = bodies[at % len(bodies)], FIRST_YEAR + at // len(bodies)
        path = folder / f"{at:05d}_{city}{body}_{year}.txt"
        path.write_text("\n".join(_lines(f"{city}{body}", BODIES[body], year, dice)) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _lines(name: str, things: tuple[Thing, ...], year: int, dice: random.Random) -> list[str]:
    done = [
        f"{_lead(dice)}全年{thing}{_amount(usual, dice)}{unit}，其中上半年{thing}{_amount(usual / 2, dice)}{unit}。{dice.choice(REST)}"
        for thing, unit, usual in things
    ]
    wanted = [f"{_lead(dice)}{year + 1}年{thing}{_amount(usual, dice)}{unit}以上。" for thing, unit, usual in things]
    thing, unit, usual = things[0]
    return [
        f"{name}{year}年工作总结", f"（{year}年12月{dice.randint(10, 28)}日）", "", "一、主要工作完成情况", *done, *dice.sample(REST, 3),
        "", f"二、{year + 1}年工作打算", *wanted, f"到{(year // 5 + 1) * 5}年，{thing}累计达到{_amount(usual * 5, dice)}{unit}。",
    ]  # fmt: skip


def _lead(dice: random.Random) -> str:
    return dice.choice(LEADS).format(dice.choice(TOPICS))


def _amount(usual: float, dice: random.Random) -> str:
    value = usual * dice.uniform(0.6, 1.5)
    return f"{value:.1f}" if usual < 100 else f"{value:.0f}"
