"""The words of harvesting: why a source is not read, why an entry of it stays in quarantine."""

from collections.abc import Mapping


def _(text: str) -> str:
    """Marks a text for translation; it is translated where it is shown."""
    return text


HARVEST: Mapping[str, tuple[str, str]] = {
    # sources and claims
    "source_name": (
        _("来源名称不对"),
        _("来源名称用汉字、小写字母、数字和连字符，不超过 40 个字符，请改正后重试。"),
    ),
    "source_kind": (_("不支持这种来源"), _("来源类型应为其中一个：%(kinds)s。")),
    "source_known": (_("来源已经登记"), _("已有名为 %(source)s 的另一类来源，请换一个名称。")),
    "no_source": (
        _("没有这个来源"),
        _("没有名为 %(source)s 的来源，请先用 catalogue harvest add 登记。"),
    ),
    "harvest_busy": (
        _("另一个采集正在进行"),
        _("来源 %(source)s 已由另一个进程接着采集，本次到此为止，已经读入的都在。"),
    ),
    "no_claim": (_("找不到这条认领"), _("条目不在认领清单中，或者不在您的办理范围。")),
    "claim_decided": (
        _("这条现在不能办理"),
        _("它已由他人办理，或者来源已删除、内容有问题暂不接收。请刷新后查看现在的状态。"),
    ),
    "claim_unassigned": (
        _("还没有认领单位"),
        _("来源没有写明本市的哪个单位，请先由主管部门指派认领单位。"),
    ),
    "claim_unchanged": (
        _("没有需要核对的变化"),
        _("来源的变化已经核对过。请刷新后查看现在的内容。"),
    ),
    # why a source is not read
    "harvest_scheme": (_("地址不对"), _("只能采集 http 或者 https 的地址，请改正来源的地址。")),
    "harvest_address": (
        _("地址不对"),
        _("地址读不出来，或者带有账号口令。请改正；令牌写在文件里，用 --token-file 指明。"),
    ),
    "harvest_port": (
        _("端口不对"),
        _("不能访问端口 %(port)s：只允许 80、443 和 1024 以上的端口。"),
    ),
    "harvest_unresolved": (
        _("找不到主机"),
        _("%(host)s 解析不出地址，请核对名称和域名服务器。"),
    ),
    "harvest_inside": (
        _("不能访问内部地址"),
        _(
            "%(host)s 的地址是 %(ip)s，属于内部网络，没有访问。"
            "确实要采集的，请把它的网段写入 CATALOGUE_HARVEST_NETWORKS。"
        ),
    ),
    "harvest_downgrade": (
        _("来源转向不加密的地址"),
        _("%(host)s 从 https 转向 http，没有跟随。请与来源方核实。"),
    ),
    "harvest_redirects": (
        _("来源一再转向"),
        _("转向超过 %(most)s 次，没有继续。请与来源方核实地址。"),
    ),
    "harvest_tls": (
        _("证书不可信"),
        _("%(host)s 的证书没有通过验证。自建证书请用 SSL_CERT_FILE 指明签发机构的证书文件。"),
    ),
    "harvest_away": (
        _("来源没有应答"),
        _("%(host)s 连接不上。请稍后再次运行，会从中断的地方继续。"),
    ),
    "harvest_time": (
        _("来源应答太慢"),
        _("%(seconds)s 秒内没有读完一页。请稍后再次运行，会从中断的地方继续。"),
    ),
    "harvest_busy_there": (_("来源正忙"), _("来源请我们稍后再来。请稍后再次运行。")),
    "harvest_size": (
        _("来源的一页过大"),
        _("一页展开后超过 %(mib)s MiB，没有读完。请与来源方核实。"),
    ),
    "harvest_parts": (
        _("来源的一页过于零碎"),
        _("一页里的元素超过 %(most)s 个，没有读。请与来源方核实。"),
    ),
    "harvest_html": (
        _("得到的是网页，不是目录数据"),
        _("%(host)s 返回了网页。请核对地址是不是接口地址，是不是需要令牌。"),
    ),
    "harvest_kind": (
        _("得到的不是目录数据"),
        _("返回内容的类型是 %(kind)s，没有读。请核对地址是不是接口地址。"),
    ),
    "harvest_missing": (_("来源没有这个接口"), _("%(host)s 回答没有这个地址，请核对来源的地址。")),
    "harvest_denied": (
        _("来源拒绝访问"),
        _("%(host)s 不允许读取。请向来源方申请令牌，写在文件里，用 --token-file 指明。"),
    ),
    "harvest_status": (
        _("来源出错"),
        _("%(host)s 回答了状态 %(status)s。请稍后再次运行，或者告诉来源方。"),
    ),
    "harvest_broken": (
        _("应答中断"),
        _("%(host)s 的应答不完整或者不合规范。请稍后再次运行，会从中断的地方继续。"),
    ),
    "harvest_unreadable": (
        _("返回内容读不出来"),
        _("来源的应答不符合它的协议，没有读入这一页。请与来源方核实，改正后再次运行。"),
    ),
    "harvest_protocol": (_("来源回答有误"), _("来源回答“%(said)s”。请核对地址，或者告诉来源方。")),
    "harvest_doctype": (
        _("返回内容带有文档类型定义"),
        _("目录数据不需要文档类型定义，带有的一律不读。请与来源方核实。"),
    ),
    "harvest_context": (
        _("返回内容引用了外部上下文"),
        _("只读写在文件里的上下文，不去别处取。请来源方把上下文写在文件里，或者换用 Turtle。"),
    ),
    "harvest_token": (_("续传标记失效"), _("来源不再认得续传标记。请再次运行，会从头读起。")),
    "harvest_token_file": (
        _("读不到令牌文件"),
        _("令牌文件 %(path)s 不存在或者没有权限，请核对。"),
    ),
    "harvest_cycle": (
        _("来源在原地打转"),
        _("来源的下一页没有新的条目，没有继续读。请与来源方核实，再次运行会从头读起。"),
    ),
    "harvest_emptied": (
        _("来源删除了大半条目"),
        _(
            "照办会有 %(gone)s 个条目离开认领清单（共 %(held)s 个），没有照办。请与来源方核实；"
            "确实都删除了的，加上 --let-go 再次运行。"
        ),
    ),
    "harvest_too_many": (
        _("来源的条目过多"),
        _(
            "来源有 %(total)s 个条目，超过上限 %(most)s，这一页起没有收。"
            "确实要收的，请用更大的 --most 重新登记来源。"
        ),
    ),
    "harvest_sheet": (_("表格读不出来"), _("请用官方表格的格式，核对工作表和表头后重试。")),
    # why an entry stays in quarantine
    "record_size": (
        _("条目过大"),
        _("这个条目超过 256 KB，没有读入内容。请来源方缩短后，再次采集即可认领。"),
    ),
    "record_shape": (
        _("条目读不出来"),
        _("这个条目不符合来源的协议，没有读入内容。请来源方改正后，再次采集即可认领。"),
    ),
    "record_active": (
        _("含有网页脚本"),
        _("文字里有网页脚本或者活动内容，没有读入。请来源方删去后，再次采集即可认领。"),
    ),
    "record_nameless": (
        _("没有名称"),
        _("这个条目没有名称，不能认领。请来源方补上后，再次采集即可认领。"),
    ),
}
