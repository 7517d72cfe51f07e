"""The words of every refusal: its code to a title and a sentence that says what to do next."""

from collections.abc import Mapping
from typing import Any

import schemas
from registry import access
from registry.edge.harvesting import HARVEST
from registry.edge.locale import current, translations
from registry.errors import Refusal


def _(text: str) -> str:
    """Marks a text for translation; it is translated where it is shown."""
    return text


SENTENCES: Mapping[str, tuple[str, str]] = {
    **HARVEST,
    "sign_in": (_("请先登录"), _("这一页需要登录后查看。登录后会回到这里。")),
    "no_role": (
        _("您没有这项权限"),
        _("「%(act_zh)s」由%(role_names)s办理。需要办理请联系系统管理员设置岗位。"),
    ),
    "not_yours": (_("不在您的办理范围"), _("「%(act_zh)s」只能由%(unit)s的%(role_names)s办理。")),
    "wrong_state": (
        _("当前状态不能办理"),
        _("条目现在是「%(state_zh)s」，不能办理「%(act_zh)s」。请返回条目页查看进度。"),
    ),
    "same_person": (
        _("同一人不能办理"),
        _(
            "您已办理过本条目的「%(other_zh)s」，不能再办理「%(act_zh)s」。请由其他人员办理，或者先备案合并岗。"
        ),
    ),
    "same_body": (
        _("由另一个单位复查"),
        _("问题由主管部门和发展改革部门两家签署：提出的一方不能自己办结，请由另一方复查后办结。"),
    ),
    "adopted_alone": (
        _("需要第二个人复核"),
        _("接收已批准目录由主管部门负责人批准、另一名审核人员复核，两人不能是同一人。"),
    ),
    "sign_in_failed": (_("登录失败"), _("账号或者口令不正确，请核对后重试。")),
    "locked_out": (_("尝试次数过多"), _("请在 %(minutes)s 分钟后重试，或者联系系统管理员。")),
    "csrf": (
        _("页面已过期"),
        _("页面打开时间过长或者登录已变化，您填写的内容没有提交。请返回上一页，刷新后重新提交。"),
    ),
    "missing": (_("找不到这个页面"), _("地址可能有误，或者条目已下架。")),
    "no_entry": (_("找不到这个条目"), _("条目不存在，或者不在您的可见范围。")),
    "no_submission": (_("找不到这个报送批次"), _("批次不存在，或者不在您的办理范围。")),
    "not_held": (
        _("这份表格已经处理或者超过一小时"),
        _("上传的表格只保留一小时，确认导入后立即删除。需要时请重新上传。"),
    ),
    "sheet_moved": (
        _("条目已经变化"),
        _(
            "核对之后有改动的条目（行号「名称」）：%(entries)s。一个也没有保存。请重新上传表格，再核对一次。"
        ),
    ),
    "nil_today": (
        _("今天已经签署零报告"),
        _("%(number)s就是今天的零报告，清单仍然没有内容，不需要再次签署。"),
    ),
    "issued_today": (
        _("今天已经发布"),
        _("%(number)s是今天发布的，内容与现在相同，不需要再发布一期。"),
    ),
    "list_moved": (
        _("清单已有变化"),
        _("您打开签发页面之后，清单的内容有变化。请返回清单，重新核对后再签发。"),
    ),
    "no_request": (_("找不到这件申请"), _("申请不存在，或者不在您的办理范围。")),
    "no_demand": (_("找不到这件需求"), _("需求不存在，或者不在您的办理范围。")),
    "no_dictionary_entry": (_("找不到这组词"), _("词条不存在，请从检索词典页面进入。")),
    "dictionary_retired": (_("这组词已经停用"), _("请刷新页面后查看。")),
    "dictionary_reason": (_("请填写来源或理由"), _("每组词都要写明来源或理由，便于以后核对。")),
    "dictionary_few": (
        _("词太少"),
        _("同义词至少一个，连同上位词、相关词至少两个，请补充后重新提交。"),
    ),
    "dictionary_twice": (
        _("同一个词出现两次"),
        _("「%(term)s」在本组里出现了两次，请只保留一处。"),
    ),
    "dictionary_short": (
        _("单个字不能作词条"),
        _("「%(term)s」只有一个字，会误中大量资源，请换成两个字以上的词。"),
    ),
    "dictionary_long": (_("词太长"), _("「%(term)s」超过 %(most)s 个字，请换成更短的词。")),
    "dictionary_empty": (
        _("这个词没有检索意义"),
        _("「%(term)s」是提问用语或者通用词，替代任何词都会误导检索，请换一个词。"),
    ),
    "dictionary_loop": (
        _("上下位词成环"),
        _("「%(term)s」已经是下位词，不能同时作上位词，请先停用原来的那一组。"),
    ),
    "no_element": (
        _("没有这个信息项"),
        _("您能看到的数据资源中没有这个名称的信息项，请换一个名称检索，或者提出数据需求。"),
    ),
    "no_transfer": (_("没有这次划转"), _("请核对地址；只有划出、划入单位和主管部门看得到。")),
    "no_saved_search": (
        _("没有这个保存的检索"),
        _("已经删除，或者不是您保存的。请从工作台的「保存的检索」进入。"),
    ),
    "saved_many": (
        _("保存的检索太多"),
        _("每人最多保存 %(most)s 个，请先删除不用的，再保存新的。"),
    ),
    "saved_name": (_("请填写检索名称"), _("只按筛选条件检索时，请给它起一个名称再保存。")),
    "saved_empty": (_("没有可以保存的检索"), _("请先输入检索词，或者选择筛选条件，再保存。")),
    "saved_paused": (_("通知状态已经改变"), _("请刷新页面后查看。")),
    "no_notice": (_("没有这条通知"), _("通知已处理，或者不是发给您的。")),
    "not_offered": (_("资源现在不能申请"), _("资源没有发布或者已下架，请联系提供部门。")),
    "withheld": (
        _("不予共享，不能申请"),
        _("这项资源的信息项都不予共享，依据见条目页。有疑问请联系提供部门。"),
    ),
    "own_data": (_("不需要申请"), _("这是本单位自己的资源，可以直接使用。")),
    "request_moved": (
        _("申请已经变化"),
        _("申请现在是「%(request_state_zh)s」，可能已由他人办理。请刷新后查看。"),
    ),
    "request_changed": (
        _("您看到的不是现在的内容"),
        _("申请在您打开页面之后有改动，请刷新并重新核对后再办理。"),
    ),
    "request_not_ready": (_("还不能提交"), _("请按提示修改后再提交。已填内容都在页面上。")),
    "answer_not_ready": (_("还不能提交答复"), _("请按提示修改后再提交。已填内容都在页面上。")),
    "answer_outdated": (
        _("资源已经变化"),
        _("拟同意的信息项已有删除或者改为不予共享，请退回目录编制人员重新拟答复。"),
    ),
    "demand_not_ready": (_("还不能提出需求"), _("请按提示修改后再提交。已填内容都在页面上。")),
    "one_correction": (
        _("已经发过补正告知"),
        _("《政务数据共享条例》第二十一条要求一次性告知，不能再次要求补正。请按现有材料答复。"),
    ),
    "one_extension": (_("已经延期过"), _("答复只能延期一次，请在期限内答复。")),
    "late_extension": (
        _("已经超期，不能申请延期"),
        _("延期须在答复期限内申请。请尽快答复，逾期情况会如实列入清单。"),
    ),
    "same_person_request": (
        _("同一人不能办理"),
        _("您已办理过本申请的「%(other_zh)s」，不能再办理「%(act_zh)s」。请由其他人员办理。"),
    ),
    "nothing_unconditional": (
        _("没有无条件共享的信息项"),
        _("长期同意只适用于无条件共享的信息项。"),
    ),
    "standing_signed": (_("已签署长期同意"), _("这项资源的长期同意仍然有效，不需要再次签署。")),
    "standing_ended": (_("没有有效的长期同意"), _("长期同意已终止，或者没有签署过。")),
    "not_ours": (_("不是本单位的资源"), _("只能选择本单位已发布的资源来满足这件需求。")),
    "no_match_chosen": (_("没有选择资源"), _("请先选择一项匹配的资源再提交。")),
    "no_unit_chosen": (_("没有选择单位"), _("请先选择一个现有的单位再提交。")),
    "no_file": (_("找不到这个文件"), _("文件不存在、已清除，或者内容与登记的摘要不符。")),
    "no_project": (_("找不到这个项目"), _("项目不存在，或者不在您的办理范围。")),
    "no_table": (_("找不到这张业务表"), _("业务表不在本项目的系统范围内。")),
    "no_gate": (_("没有这个核验项"), _("请从核验页面上的按钮或者链接进入。")),
    "no_opinion": (_("找不到这份核验意见"), _("没有签发过这个编号的核验意见，请核对编号。")),
    "no_list": (_("没有这张清单"), _("清单有三张：责任清单、共享负面清单、供需对接清单。")),
    "no_edition": (_("找不到这一期清单"), _("没有发布过这一期，请从清单页面进入。")),
    "secret_project": (
        _("涉密项目不在本系统登记"),
        _("按《办法》第二十一条，涉密项目另行办理，系统没有保存任何内容。"),
    ),
    "own_project": (
        _("不能办理本单位的项目"),
        _("「%(act_zh)s」不能由项目所属单位的人员办理，请由其他人员办理。"),
    ),
    "unprintable": (
        _("有印不出来的字符"),
        _("意见的字体里没有「%(sign)s」，没有签发。请改写含有这个字符的理由、名称，再签署。"),
    ),
    "not_own_project": (_("不需要会签"), _("只有主管部门自己的项目需要会签。")),
    "not_countersigned": (
        _("还没有会签"),
        _("主管部门自己的项目，先由发展改革部门或者外聘专家会签，再签署核验意见。"),
    ),
    "gates_open": (
        _("还有核验项未通过，不能签署通过"),
        _("未通过：%(gates)s。请按核验页面上的办法办完后再签署。"),
    ),
    "verdict_changed": (
        _("核验结果已经变化"),
        _("您打开页面之后结果有变化，没有签署。请重新核对后再签署。"),
    ),
    "signed_before": (
        _("同样的核验意见已经签发"),
        _(
            "这个阶段的同一核验结果已签发「%(number)s」并且有效，没有再签。请查看这份意见；"
            "核验依据变化后，可以重新签署。"
        ),
    ),
    "no_opinion_due": (
        _("这类项目不出具核验意见"),
        _("运行维护、紧急（补办期内）和办法施行前已验收的项目，不出具核验意见。"),
    ),
    "revoked_before": (_("已经撤销"), _("这份核验意见已经撤销，不能重复办理。")),
    "finding_closed": (_("问题已经办结"), _("这个问题已经办结，不需要重复办理。")),
    "not_deferrable": (
        _("不能限期补正"),
        _("没有允许限期补正的文件，或者这个核验项不得补正。"),
    ),
    "stage_over": (
        _("这个阶段已经过去"),
        _("项目已进入后面的阶段，不能退回申请。请选择现在或者以后的阶段。"),
    ),
    "countersigned_before": (
        _("您已会签"),
        _("这个阶段您已会签，不需要重复办理。须由两位专家会签的，请另一位专家办理。"),
    ),
    "concluded": (_("已登记验收结论"), _("这个项目的验收结论已经登记。")),
    "no_unit": (_("找不到这个单位"), _("机构树中没有代码 %(unit_code)s。")),
    "nothing_chosen": (_("没有选择条目"), _("请至少选择一个条目再提交。")),
    "two_units": (
        _("一个批次只能报送一个单位的条目"),
        _("勾选的条目属于不同单位，没有报送。请按单位分别勾选，再送审。"),
    ),
    "not_a_draft": (
        _("不是草稿"),
        _("条目现在是「%(state_zh)s」，不能修改。需要修改请先撤回，或者等待退回。"),
    ),
    "no_draft": (
        _("条目已发布"),
        _("这个条目没有在办的草稿。需要修改，请打开条目点「修改条目」。"),
    ),
    "draft_open": (_("已有在办版本"), _("这个条目已有在办的版本，请在那个版本上修改。")),
    "not_live": (_("条目没有发布"), _("只有已发布的条目可以开新版修改。")),
    "not_now": (
        _("条目已经变化"),
        _("条目现在是「%(state_zh)s」，可能已由他人办理。请刷新后查看。"),
    ),
    "gone": (_("条目已停用"), _("条目已下架或者注销，原因和日期见条目页面。")),
    "edited_since": (
        _("内容已经修改，不能恢复原版"),
        _("下架后已有新版在修改。请把新版送审，发布后条目自动恢复。"),
    ),
    "under_review": (
        _("有版本正在审核"),
        _("请先撤回或者办完正在审核的版本，再办理注销。"),
    ),
    "not_proposed": (
        _("还没有提出注销"),
        _("注销须先由部门负责人提出，主管部门再确认。新版发布后须重新提出。"),
    ),
    "not_formal": (
        _("改动须经审核"),
        _("只有联系方式、文字表述、普查数据等形式修改可以直接发布，请把这一版送审。"),
    ),
    "nothing_to_confirm": (
        _("没有需要确认的条目"),
        _("%(unit)s没有待确认的条目：本年已确认、本年发布、正在修改或者待整改的条目不需要确认。"),
    ),
    "paper_frozen": (
        _("文件暂不能下载"),
        _("这份意见中有条目因涉密嫌疑冻结，解除冻结后恢复下载。结论和编号在意见页面上。"),
    ),
    "frozen": (_("条目已冻结"), _("条目因涉密嫌疑冻结，解除前不能办理任何事项。")),
    "no_freeze": (_("找不到这次冻结"), _("冻结记录不存在，或者不在您的办理范围。")),
    "freeze_ended": (_("冻结已经了结"), _("这次冻结已解除或者已清除，请返回涉密处置页查看。")),
    "several_entries": (
        _("同名的条目不止一个"),
        _("有 %(count)s 个条目叫这个名称，还没有冻结。请选择要冻结的一个，再点「立即冻结」。"),
    ),
    "freeze_reason": (_("没有选择冻结事由"), _("请选择冻结事由后再冻结。")),
    "paper_number": (_("没有填写文号"), _("请填写作出决定的文件文号，不超过 80 字。")),
    "wiped_before": (
        _("这一条目已依法清除"),
        _(
            "所填内容或者编号属于 %(on)s 依法清除的条目，不能再次录入。"
            "有疑问的，请联系安全保密管理员。"
        ),
    ),
    "confirm_key": (
        _("确认编号不一致"),
        _("清除后不能恢复。请照抄页面上的条目编号 %(key)s，核对无误再清除。"),
    ),
    "other_role": (
        _("须由另一方办理"),
        _(
            "这次冻结由%(role_names)s作出，「%(act_zh)s」须由另一方（保密审查人或者安全保密管理员）办理。"
        ),
    ),
    "no_paper": (_("找不到这张签批表"), _("签批表不存在，或者不在您的办理范围。")),
    "nothing_waits": (
        _("没有待签批的条目"),
        _("批次中没有等待「%(step_zh)s」的条目，不能打印签批表。"),
    ),
    "paper_done": (_("签批表已办结"), _("这张签批表已确认办结，不能再上传或者确认。")),
    "paper_unsigned": (_("还没有扫描件"), _("请先上传签字盖章后的扫描件，再由另一人确认。")),
    "paper_stale": (
        _("签批表已经失效"),
        _(
            "打印之后条目有改动或者已由他人办理，签批表只对所列版本有效。请按现在的版本重新打印签字。"
        ),
    ),
    "paper_code": (
        _("核对码不一致"),
        _("扫描件上的核对码与本表不同，可能是另一张表的扫描件。请核对后重新填写。"),
    ),
    "paper_signer": (_("没有选择签字人"), _("请选择实际签字的人员，该人员须有相应岗位。")),
    "paper_day": (_("签字日期不对"), _("签字日期应在打印之日（%(day)s）以后、今天以前。")),
    "scan_kind": (_("不是扫描件"), _("请上传 PDF、JPEG 或者 PNG 文件。")),
    "second_confirms": (
        _("须由另一人确认"),
        _("上传扫描件的人员不能自己确认，请由另一人核对后确认。"),
    ),
    "assessment": (
        _("评估没有填全"),
        _("请选择评估种类并填写文号；不需要影响评估时填写理由，不超过 200 字。"),
    ),
    "assessment_day": (_("评估日期不对"), _("请填写评估作出的日期，不晚于今天，也不早于十年前。")),
    "no_account": (_("找不到这个账号"), _("账号不存在，请返回账号与岗位页查找。")),
    "no_post": (_("找不到这个岗位"), _("岗位不存在或者不属于这名人员，请刷新后重新选择。")),
    "name_taken": (
        _("账号已存在"),
        _("已有账号 %(username)s，没有新建。请换一个账号名，或者直接给这个账号任命岗位。"),
    ),
    "account_username": (
        _("账号名不对"),
        _("账号名为 2 至 60 个英文字母、数字、点、横线、下划线，以字母或者数字开头。"),
    ),
    "account_name": (_("姓名不对"), _("请填写姓名，不超过 60 字。")),
    "account_password": (
        _("口令太弱"),
        _("口令至少 %(least)s 位，大写字母、小写字母、数字、其他符号至少三种，不含账号名。"),
    ),
    "password_again": (_("两次输入的新口令不一样"), _("请再输入一次新口令。")),
    "password_current": (_("现在的口令不对"), _("口令没有修改，请核对现在的口令后重试。")),
    "not_yourself": (_("不能办理自己的账号"), _("自己的账号和岗位请由另一名系统管理员办理。")),
    "post_role": (_("没有选择岗位"), _("请选择岗位后再任命。")),
    "post_unit": (_("没有选择单位"), _("请选择岗位所在的单位。")),
    "post_end": (_("没有填写最后一天"), _("%(role_names)s的岗位有期限，请填写最后一天。")),
    "post_project": (
        _("项目不对"),
        _("受托编制人员只为一个项目编制：请选择岗位所在单位的项目；其他岗位不选项目。"),
    ),
    "post_dates": (_("任期不对"), _("请填写第一天；最后一天不能早于第一天。")),
    "post_substitute": (
        _("代理设置不对"),
        _("请填写代理的最后一天；代理人不能是本人，岗位和单位须与被代理的相同。"),
    ),
    "post_held": (_("岗位重复"), _("这名人员在这段时间已有同一岗位，请先结束原岗位。")),
    "account_closed": (_("账号已停用"), _("这个账号已经停用，请刷新后查看。")),
    "merge_pair": (
        _("没有选择合并的事项"),
        _("请选择可以合并的两个事项；其他事项任何情况下都不能合并。"),
    ),
    "merge_words": (_("合并岗备案没有填全"), _("请填写理由和主管部门同意的文号。")),
    "merge_dates": (_("合并岗期限不对"), _("请填写第一天和最后一天，期限不超过一年。")),
    "merge_unit": (_("单位不对"), _("这名人员在该单位没有岗位，请选择其任职的单位。")),
    "stale": (
        _("内容已被他人改动"),
        _("您打开后，条目已被他人修改。您的内容没有丢失，请比较后再保存。"),
    ),
    "changed_since": (
        _("您看到的不是现在的内容"),
        _("条目在您打开页面之后有改动，请刷新并重新核对后再作决定。"),
    ),
    "plan_faulty": (_("脱敏方案有误"), _("方案没有保存，请按提示修改 %(count)s 处后再保存。")),
    "plan_changed": (
        _("方案已被他人改动"),
        _("您打开后，脱敏方案已被他人修改。请刷新查看现在的方案，再填写您的改动。"),
    ),
    "no_plan": (_("还没有脱敏方案"), _("请先保存这种发布方式的脱敏方案，再上传报告。")),
    "no_plan_file": (
        _("不是脱敏方案"),
        _("请上传 catalogue anonymize plan 写出的，或者从本系统下载的方案文件（JSON）。"),
    ),
    "no_report": (
        _("不是脱敏报告"),
        _("请上传 catalogue anonymize apply 用 --report 写出的 JSON 文件，不要改动其中内容。"),
    ),
    "no_report_here": (_("找不到这份报告"), _("报告不存在，或者不在您的办理范围。")),
    "report_of_another_plan": (
        _("报告不是按这个方案做的"),
        _("方案可能在运行后改过。请下载现在的方案，重新运行后再上传。"),
    ),
    "report_of_another_resource": (
        _("报告属于别的数据资源"),
        _("运行时请用 --resource 写明本条目网址中的编码，再上传。"),
    ),
    "report_of_another_version": (
        _("报告对不上条目的任何版本"),
        _("运行时请用 --version 写明本页显示的版本摘要；草稿改动后摘要会变，须重新运行。"),
    ),
    "report_contradicts": (
        _("报告与方案对不上，或者前后矛盾"),
        _(
            "报告写着通过，内容却不是通过的样子，或者列、发布方式、k 与方案不同，没有收下。"
            "请重新运行，上传工具写出的原文件。"
        ),
    ),
    "report_altered": (
        _("报告的签名对不上"),
        _("报告在签名之后被改动过，或者签名不完整，没有收下。请重新运行，上传工具写出的原文件。"),
    ),
    "report_row_altered": (
        _("这份报告的记录被改动过"),
        _(
            "数据库中的报告与收到时的封存不一致，不能复核，也不作为依据。请重新上传原报告，并告知安全保密管理员。"
        ),
    ),
    "signer_revoked": (
        _("签名密钥已停用"),
        _("密钥 %(key)s 已停用。请用在用的密钥重新签名，或者请部门负责人登记新密钥。"),
    ),
    "signer_known": (
        _("密钥已经登记过"),
        _("密钥 %(key)s 已在列表中，停用过的密钥不能再登记，请新建一个。"),
    ),
    "signer_name": (
        _("请填写密钥放在哪里"),
        _("写明运行脱敏工具的机器或者岗位，便于以后停用时辨认。"),
    ),
    "signer_reason": (_("请填写停用理由"), _("写明为什么停用，例如密钥丢失、人员调离、更换机器。")),
    "no_signer": (_("找不到这个签名密钥"), _("密钥不存在，请从签名密钥页面进入。")),
    "no_public_key": (
        _("不是公钥"),
        _("请上传 catalogue anonymize signer 写出的公钥文件（.pub.json），不要上传密钥本身。"),
    ),
    "report_taken": (_("报告已经上传过"), _("这份报告已在下面的列表中，不必再传。")),
    "no_run": (_("找不到这次运行"), _("运行不存在，或者不在您的办理范围。")),
    "run_over": (_("没有选择数据"), _("请选择运行什么数据，再点「运行」。")),
    "no_release_to_check": (
        _("这份报告没有可以核对的文件"),
        _("只有通过的实测报告写出了发布文件。请打开最近一份通过的实测报告再核对。"),
    ),
    "run_file": (_("数据文件不能接收"), _("%(reason)s没有保存任何内容。")),
    "run_table": (
        _("表名写法不对"),
        _("请填写「表名」，只写表名或者 模式.表名，不写查询语句，再点「运行」。"),
    ),
    "no_source": (
        _("没有这个数据库"),
        _("这个数据库不在本单位的可用名单中。请刷新后重新选择，或者上传文件运行。"),
    ),
    "run_plan_drifted": (
        _("方案与目录不一致"),
        _("目录中这些内容在方案保存之后有变化：%(names)s。请核对并保存方案，再运行。"),
    ),
    "run_waiting": (
        _("已有一次运行"),
        _("这个方案有一次运行还没有结束，上传的数据没有保存。请等它结束或者取消，再运行。"),
    ),
    "runs_many": (
        _("本单位的运行已满"),
        _(
            "本单位已有 %(most)s 次运行在排队或者进行，上传的数据没有保存。"
            "请等其中一次结束，再运行。"
        ),
    ),
    "run_ended": (_("运行已经结束"), _("这次运行已经结束或者正在取消，请刷新后查看。")),
    "release_gone": (
        _("发布数据已销毁"),
        _("发布数据只保留 24 小时。请重新运行，再下载。"),
    ),
    "not_sealed": (_("数据已销毁"), _("这份数据已经销毁。请重新上传后再运行。")),
    "no_release_key": (_("没有这把密钥"), _("密钥不存在或者已经销毁，请刷新后查看。")),
    "key_reason": (_("没有填写销毁理由"), _("请填写「销毁理由」，再点「销毁密钥」。")),
    "not_to_recheck": (_("不需要复核"), _("只有通过且还没有复核的报告可以复核。")),
    "not_ready": (_("还不能送审"), _("请按提示修改后再送审。已填内容都已保存。")),
    "not_storable": (_("内容不能保存"), _("请按提示修改后再保存，已填内容还在页面上。")),
    "invalid": (_("填写有误"), _("请按提示修改后重新提交。")),
    "unreadable": (_("无法读取提交的内容"), _("提交的内容格式不对，没有保存任何改动。")),
    "not_json": (
        _("无法读取提交的 JSON"),
        _("请求体应为 UTF-8 的 JSON 对象（%(reason)s），没有保存任何改动。"),
    ),
    "cursor": (
        _("续页标记无效"),
        _("cursor 不是这个清单给出的。请原样使用上一页回答中的 next，或者去掉 cursor 从头读起。"),
    ),
    "not_acceptable": (
        _("没有您要的格式"),
        _("这个地址有 %(kinds)s。请改写 Accept，或者直接使用带结尾的地址（.jsonld、.ttl、.xml）。"),
    ),
    "later_release": (
        _("数据库来自更新的版本"),
        _(
            "数据库的表已由更新的版本升级到 %(there)s，这个版本只认识到 %(known)s，没有做任何改动。"
            "请使用那个版本，或者另设数据目录（CATALOGUE_DATA_DIR）。"
        ),
    ),
    "json_only": (
        _("只接受 JSON"),
        _("请求体的类型应为 application/json，没有保存任何改动。请改正 Content-Type 后重试。"),
    ),
    "if_match": (
        _("缺少版本标识"),
        _("保存草稿需要 If-Match 请求头，取值为读取时返回的 ETag。没有保存任何改动。"),
    ),
    "outdated": (
        _("内容已被他人改动"),
        _("您读取后，条目已被他人修改，没有保存任何改动。请重新读取后合并再保存。"),
    ),
    "backup_exists": (
        _("目标文件夹不是空的"),
        _("%(path)s 里已有文件，没有备份。请换一个新的文件夹。"),
    ),
    "no_backup": (
        _("不是完整的备份"),
        _("%(path)s 里没有完整的备份，没有改动。请检查路径，没有写完的备份不能使用。"),
    ),
    "backup_unsigned": (
        _("备份的签名不对"),
        _(
            "签名不是本系统的密钥所签，或者清单有改动，不能恢复。请换一份备份，或者放好签名时的密钥。"
        ),
    ),
    "backup_damaged": (_("备份已损坏"), _("%(part)s 缺失或者有改动，不能恢复。请换一份备份。")),
    "keys_differ": (
        _("密钥与备份中的不同"),
        _("%(path)s 是另一把密钥，没有改动。请确认后移开，再恢复。"),
    ),
    "keys_missing": (
        _("缺少密钥"),
        _("备份不带密钥，%(path)s 也不存在。请先放好原来的密钥，再恢复。"),
    ),
    "not_empty": (
        _("数据库不是空的"),
        _("数据库里已有记录（%(table)s），不能恢复。请准备空的数据库。"),
    ),
    "other_release": (
        _("备份属于另一版本"),
        _("备份的数据表版本是 %(revision)s。请用原版本恢复，再升级。"),
    ),
    "too_long": (
        _("地址过长"),
        _("地址超过 8 KB，没有处理。请减少检索词或者筛选条件，或者从首页重新进入。"),
    ),
    "unencoded": (
        _("地址里的中文没有编码"),
        _(
            "地址只能含 ASCII 字符，没有处理。请把中文按 UTF-8 编码成百分号加两位十六进制数；"
            '用 curl 时写成 curl -G --data-urlencode "q=婚姻" 地址。'
        ),
    ),
    "cut_off": (
        _("请求内容没有收完整"),
        _("请求的正文中断、过慢或者分块有误，没有保存任何改动。请检查网络和程序后重新发送。"),
    ),
    "too_large": (_("内容过大"), _("提交的内容超过上限，请拆分后重试。")),
    "database": (_("系统正忙"), _("数据库暂时没有应答，没有保存任何改动。请稍候几秒重试。")),
    "unavailable": (_("服务暂不可用"), _("请稍候重试。")),
    "no_room": (
        _("服务器磁盘已满"),
        _("没有保存任何改动。请平台运维方腾出磁盘空间，然后再办理一次。"),
    ),
    "fault": (
        _("系统没能完成这一步"),
        _("没有保存任何改动。请稍后再试；再次出现时，请把编号告诉平台运维方。"),
    ),
    "method": (
        _("不支持这种访问方式"),
        _("请从页面上的按钮或者链接进入；程序请用 Allow 标头写明的方法。"),
    ),
}

# Why an uploaded file is not read at all.
FILES: Mapping[str, str] = {
    "file_empty": _("没有选择文件，或者文件是空的。请选择填好的表格再提交。"),
    "file_old": _(
        "这是旧版 Excel（.xls）或者加密的文件。请用 Excel 或者 WPS 另存为 .xlsx、去掉密码后再提交。"
    ),
    "file_kind": _("这不是 Excel 表格。请下载模板，填好后提交 .xlsx 文件。"),
    "file_html": _(
        "这不是 Excel 表格，是扩展名为 .xls 的网页。请用 Excel 打开，另存为 .xlsx 后再提交。"
    ),
    "file_broken": _("文件损坏，读不出来。请用 Excel 打开，另存一份后再提交。"),
    "file_locked": _("文件有密码。请去掉密码后再提交。"),
    "file_macro": _("文件里有宏，不予接收。请另存为不带宏的 .xlsx 后再提交。"),
    "file_links": _("文件引用了其他文件，不予接收。请在 Excel 中断开链接、另存后再提交。"),
    "file_bomb": _("文件展开后过大，不予接收。请拆分成几个文件后再提交。"),
    "file_rows": _("行数或者列数超过上限（50000 行、400 列）。请拆分后再提交。"),
    "sheet_missing": _("没有名为「%(sheet)s」的工作表。请用下载的模板填写，不要改工作表的名称。"),
    "sheet_empty": _("工作表「%(sheet)s」里没有条目。请从第 4 行起填写。"),
    "template_old": _(
        "表格是用旧模板（%(version)s）填写的，缺少「%(heading)s」一栏。"
        "请下载现在的模板，把内容贴过去再提交。"
    ),
    "cell_formula": _("第 %(row)s 行「%(heading)s」是公式，请粘贴为值后再提交"),
    "cell_digits": _(
        "第 %(row)s 行「%(heading)s」的数字超过 15 位，表格软件已改动末尾几位；"
        "请把单元格设为文本格式，按原件重新填写"
    ),
    "cell_merged": _("第 %(row)s 行「%(heading)s」是跨栏合并的单元格，请取消合并，逐格填写"),
    "row_differs": _(
        "第 %(row)s 行「%(heading)s」与本条目第一行（第 %(first)s 行）不同；"
        "资源的栏目以第一行为准，请改成一致或者留空"
    ),
    "column_unknown": _(
        "「%(heading)s」不是模板里的栏目，内容无处保存；请删去这一栏，或者改成模板的栏目名"
    ),
    "column_twice": _("「%(heading)s」这一栏出现了两次，请删去一栏"),
    "template_other": _(
        "表格用的是另一版模板（%(version)s，现在是 %(now)s）。表格里没有的栏目保持原来的内容。"
    ),
    "rows_hidden": _("有 %(n)s 个隐藏行（第 %(rows)s 行等），已同样读入，请核对。"),
    "sheet_hidden": _("工作表「%(sheet)s」是隐藏的，已同样读入，请核对。"),
    "sheets_unread": _("没有读工作表：%(sheets)s。"),
    "copy_author": _("乌海市政务数据目录"),
    "copy_headings": _("行|列|需要修改的地方"),
    "header_missing": _("没有找到「%(heading)s」一栏。请用下载的模板填写，不要删改表头。"),
}

# What a look at the installation found, for whoever watches it; by the codes of registry.health.
PROBES: Mapping[str, str] = {
    "ok": _("正常"),
    "database_away": _("数据库没有应答，请检查数据库服务和网络。"),
    "database_read_only": _("数据库只读，不能保存。请检查数据库状态和文件权限。"),
    "database_full": _("数据库所在磁盘已满，不能保存。请腾出空间，不需要重启。"),
    "database_stuck": _("写入一分钟以上没有结束，别人不能保存。请检查占用数据库的进程。"),
    "database_busy": _("数据库正在写入。"),
    "database_tables": _("数据表不完整，请先运行 catalogue upgrade。"),
    "disk_full": _("数据目录所在磁盘已满，请腾出空间，不需要重启。"),
    "disk_low": _("数据目录所在磁盘剩余空间不足一成，请及时腾出空间。"),
    "disk_away": _("数据目录读不到，请检查磁盘和挂载。"),
    "key_missing": _("没有签名密钥文件，请放回原文件。"),
    "key_unusable": _("签名密钥文件不能使用，请检查权限，或者从备份恢复。"),
    "queue_behind": _("索引更新落后五分钟以上，请检查后台进程。"),
    "queue_parked": _("有条目不能进入索引，请运行 catalogue index status 查看。"),
    "search_away": _("检索引擎没有应答，暂由数据库检索。"),
    "search_outdated": _("检索索引由另一版本建立，正在重建或者需要重建。"),
}


def probe(code: str, locale: str) -> str:
    """What a look at the installation found, as a sentence."""
    return translations(locale).gettext(PROBES[code])


def sentence(refusal: Refusal, locale: str | None = None) -> tuple[str, str]:
    """Title and sentence of a refusal, in the language of the request unless another is named."""
    locale = locale or current()
    title, text = translated(refusal.code, locale)
    return title, text % _Facts(_named(dict(refusal.facts), locale))


def translated(code: str, locale: str) -> tuple[str, str]:
    """Title and sentence of a code, its places still empty."""
    words = translations(locale).gettext
    title, text = SENTENCES.get(code, SENTENCES["unreadable"])
    return words(title), words(text)


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""


def _named(facts: dict[str, Any], locale: str) -> dict[str, Any]:
    """Codes among the facts get the names people know."""
    for key, listed in (
        ("act", "act"),
        ("other", "act"),
        ("state", "state"),
        ("step", "act"),
        ("request_state", "request_state"),
    ):
        if isinstance(facts.get(key), str):
            facts[f"{key}_zh"] = schemas.codes.label(listed, facts[key], locale)
    if "roles" in facts:
        titles = [access.role_title(role, locale) for role in facts["roles"]]
        facts["role_names"] = "、".join(titles) if locale == "zh" else ", ".join(titles)
    return facts


def title_of(code: str, locale: str) -> str:
    """The headline of a refusal by its code; the code where it has none of its own."""
    headline = SENTENCES[code][0] if code in SENTENCES else ""
    # One with facts in it cannot be told without them.
    return translations(locale).gettext(headline) if headline and "%(" not in headline else code


def sheet_fault(code: str, facts: Mapping[str, object], locale: str) -> str:
    """Why an upload is not read, and what to do, as a sentence."""
    return translations(locale).gettext(FILES[code]) % facts
