"""What the stored sentences of the monthly round are made of, see ``tracker.sentences``."""

from django.utils.translation import gettext_noop as _

TEMPLATES = (
    # a word of a person or of the plan
    _("按计划自动关账"),
    _("演示"),
    # what was done, as the journal tells it
    _("关账：截至%(day)s，%(number)s项目标（第%(number2)s版）"),
    _("重开：截至%(day)s（第%(number)s版）"),
    _("分解“%(quote)s”：%(name)s，牵头%(name2)s"),
    _("完成于%(day)s"),
    _("改为未完成"),
    _("提交填报：%(name)s，截至%(day)s，%(number)s项"),
    _("采纳填报：%(name)s，截至%(day)s，%(number)s项，%(number2)s处变化"),
    _("%(word)s：%(name)s，截至%(day)s，%(sentence)s"),
    _("采纳填报"),
    _("提交填报"),
    _("退回填报"),
    _("撤回填报"),
    _("填报人撤回"),
    _("填报人重新提交"),
    _("被后来的填报取代"),
    _("采纳%(name)s填报"),
    _("%(word)s，%(name)s填报，%(name2)s采纳"),
    _("%(word)s：%(name)s“%(quote)s”，%(day)s前回复"),
    _("目标已完成或已销号"),
    _("申请延期“%(quote)s”至%(day)s"),
    _("%(word)s：“%(quote)s”延期至%(day)s"),
    _("同意延期申请：%(name)s"),
    _("新建接口密钥：%(name)s"),
    _("停用接口密钥：%(name)s"),
    # why something was not delivered or made
    _("该单位还没有填报员账号，请管理员建立。"),
    _("账号没有填写邮箱。"),
    _("邮件没有发出：%(name)s"),
    _("群机器人的地址应以 http:// 或 https:// 开头。"),
    _("群机器人没有收下：%(name)s"),
    _("生成多次都没有完成，请管理员查看后台日志。"),
    # doubts about a report
    _("自报已完成，但完成值低于目标值。"),
    _("目标本身没有数值。"),
    _("低于上次的%(amount)s，累计数一般不应下降。"),
    _("比上次多十倍以上，请核对单位。"),
    # what is different between two months
    _("新增目标"),
    _("不再列入"),
)
