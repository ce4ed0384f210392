"""Every word of the page itself, in Chinese and English. The apps' own words are not here: they send theirs."""

import re

from .desk_texts import DESK, Text
from .reader import Lang

TEXTS: dict[str, Text] = {
    **DESK,
    "title": Text("演练场", "Playground"),
    "skip": Text("跳到消息", "Skip to messages"),
    "close": Text("关闭", "Close"),
    "strip.local": Text("只在本机：", "Local only: "),
    "strip.wide": Text("聊天与扣子都是模拟的，", "the chat and Coze are simulated, "),
    "strip.leaves": Text("没有内容离开这台电脑。", "nothing leaves this machine."),
    "strip.lost": Text(
        "与演练场的连接断了，正在重连…输入的内容还在。", "Lost the playground; reconnecting… what you typed is kept."
    ),
    # Bar
    "bar.scenario": Text("场景", "Scenario"),
    "bar.fault": Text("故障", "Fault"),
    "bar.reset": Text("重置", "Reset"),
    "bar.more": Text("更多", "More"),
    "bar.language": Text("语言", "Language"),
    "bar.people": Text("人物", "People"),
    "bar.theme": Text("外观：{name}", "Theme: {name}"),
    "theme.auto": Text("跟随系统", "automatic"),
    "theme.light": Text("浅色", "light"),
    "theme.dark": Text("深色", "dark"),
    "clock.label": Text("模拟时间", "Simulated time"),
    "clock.hour": Text("+1 小时", "+1 h"),
    "clock.day": Text("+1 天", "+1 day"),
    "clock.next": Text("下一件", "Next due"),
    "clock.next_title": Text("时间走到机器人的下一件事", "Move on to the bot’s next job"),
    "clock.none": Text("机器人没有排好的事", "The bot has nothing scheduled"),
    "fault.none": Text("无", "none"),
    "fault.coze": Text("扣子", "Coze"),
    "fault.slack": Text("聊天", "Chat"),
    # Coze website
    "coze.title": Text("扣子网站", "Coze website"),
    "coze.heading": Text("扣子网站（模拟）", "Coze website (simulated)"),
    "coze.as": Text("登录身份", "Signed in as"),
    "coze.reviewer": Text("审核员", "Reviewer"),
    "coze.section.invitations": Text("通知", "通知 · Notifications"),
    "coze.section.spaces": Text("工作空间", "工作空间 · Workspaces"),
    "coze.section.agents": Text("智能体", "智能体 · Agents"),
    "coze.section.tokens": Text("个人访问令牌", "个人访问令牌 · Personal access tokens"),
    "coze.section.apps": Text("OAuth 应用", "OAuth 应用 · OAuth apps"),
    "coze.section.channels": Text("发布渠道", "发布渠道 · Channels"),
    "coze.section.review": Text("待审核", "待审核 · Waiting for review"),
    "coze.section.decided": Text("审核记录", "审核记录 · Decided"),
    "coze.empty.invitations": Text("没有新的邀请。", "No open invitation."),
    "coze.empty.agents": Text("还没有智能体。", "No agent yet."),
    "coze.empty.tokens": Text("还没有令牌。", "No token yet."),
    "coze.empty.apps": Text("还没有 OAuth 应用。", "No OAuth app yet."),
    "coze.empty.review": Text("没有待审核的智能体。", "No agent is waiting for review."),
    "coze.invites": Text("{space} 邀请你加入", "{space} invites you"),
    "coze.from": Text("来自{who} · {time}", "from {who} · {time}"),
    "coze.role.owner": Text("所有者", "owner"),
    "coze.role.admin": Text("管理员", "admin"),
    "coze.role.member": Text("成员", "member"),
    "coze.outside": Text("还没加入", "not joined yet"),
    "coze.people": Text("{n} 人", "members: {n}"),
    "coze.members": Text("成员管理", "成员管理 · Members"),
    "coze.joined": Text("已加入", "joined"),
    "coze.section.account": Text("账号设置", "账号设置 · Account settings"),
    "coze.uid": Text("用户 ID", "用户 ID · User ID"),
    "coze.invited": Text("待接受", "invited"),
    "coze.nobody_left": Text("所有人都在了，或已被邀请。", "Everybody is in or invited."),
    "coze.allows": Text("允许别人邀请我加入空间", "Others may invite me into their spaces"),
    "coze.refuses": Text("不允许加入外部空间", "不允许加入外部空间 · refuses invitations"),
    "coze.versions": Text("{n} 个版本", "versions: {n}"),
    "coze.between": Text("、", ", "),
    "coze.state.publishing": Text("发布中", "publishing"),
    "coze.state.reviewing": Text("审核中", "in review"),
    "coze.state.online": Text("已上线", "online"),
    "coze.state.rejected": Text("未通过", "rejected"),
    "coze.state.failed": Text("失败", "failed"),
    "coze.state.offline": Text("已下线", "offline"),
    "coze.older_online": Text("旧版本仍在线", "the version before is still online"),
    "coze.reason": Text("理由：{reason}", "Reason: {reason}"),
    "coze.new.agent": Text("创建智能体…", "创建智能体 · New agent…"),
    "coze.new.workspace": Text("创建空间…", "创建空间 · New workspace…"),
    "coze.new.token": Text("添加新令牌…", "添加新令牌 · New token…"),
    "coze.new.app": Text("创建新应用…", "创建新应用 · New app…"),
    "coze.revoke": Text("删除令牌…", "删除令牌 · Delete a token…"),
    "coze.unnamed": Text("未命名", "no name"),
    "coze.ends": Text("{day} 到期", "expires {day}"),
    "coze.endless": Text("长期有效", "never expires"),
    "coze.permissions": Text("{n} 项权限", "{n} permissions"),
    "coze.over": Text("已过期", "expired"),
    "coze.valid": Text("有效", "valid"),
    "coze.all_spaces": Text("全部自有空间", "all own spaces"),
    "coze.joined_only": Text("{space}（只是加入，不能选）", "{space} (only joined, can’t be chosen)"),
    "coze.on": Text("已启用", "enabled"),
    "coze.off": Text("已停用", "disabled"),
    "coze.authorised": Text("你已授权", "authorised by you"),
    "coze.not_authorised": Text("你还没授权", "not authorised by you"),
    "coze.do.accept": Text("接受", "接受 Accept"),
    "coze.do.decline": Text("拒绝", "拒绝 Decline"),
    "coze.do.invite": Text("添加成员", "添加成员 Invite"),
    "coze.do.leave": Text("退出空间", "退出空间 Leave"),
    "coze.do.allow": Text("改为允许", "Allow"),
    "coze.do.refuse": Text("改为不允许", "Refuse"),
    "coze.do.pass": Text("通过", "通过 Pass"),
    "coze.do.again": Text("再回调一次", "再回调一次 Call back again"),
    "coze.review.owner": Text("由渠道方审核：已按回调地址通知", "The channel’s owner decides: told by its callback"),
    "coze.do.reject": Text("驳回", "驳回 Reject"),
    "coze.do.agent": Text("创建", "创建 Create"),
    "coze.do.workspace": Text("创建", "创建 Create"),
    "coze.do.publish": Text("发布", "发布 Publish"),
    "coze.do.token": Text("创建", "创建 Create"),
    "coze.do.revoke": Text("删除", "删除 Delete"),
    "coze.do.app": Text("创建", "创建 Create"),
    "coze.do.enable": Text("启用", "启用 Enable"),
    "coze.do.disable": Text("停用", "停用 Disable"),
    "coze.do.authorise": Text("授权", "授权 Authorise"),
    "coze.do.unauthorise": Text("取消授权", "取消授权 Withdraw"),
    "coze.do.callback": Text("保存", "保存 Save"),
    "coze.field.user": Text("账号", "Account"),
    "coze.field.title": Text("名称", "名称 · Name"),
    "coze.field.workspace": Text("空间", "空间 · Workspace"),
    "coze.field.connectors": Text("发布到", "发布到 · Publish to"),
    "coze.field.days": Text("有效天数（1–30）", "有效天数 · Days (1–30)"),
    "coze.field.kind": Text("应用类型", "应用类型 · Type"),
    "coze.kind.developer": Text("普通", "普通 · Normal"),
    "coze.kind.channel": Text("渠道", "渠道 · Channel"),
    "coze.field.access": Text("访问范围", "访问范围 · Access to"),
    "coze.field.permissions": Text("权限", "权限 · Permissions"),
    "coze.field.token": Text("要删除的令牌", "The token to delete"),
    "coze.field.callback": Text("回调地址", "回调地址 · Callback URL"),
    "coze.field.reason": Text("驳回理由", "驳回理由 · Reason"),
    "coze.done": Text("好了。机器人下次查询时会看到。", "Done. The bot sees it the next time it asks."),
    "coze.token": Text("令牌只显示这一次：", "The token is shown this once:"),
    "coze.key": Text("私钥只显示这一次：", "The private key is shown this once:"),
    "copy": Text("复制", "Copy"),
    "copied": Text("已复制", "Copied"),
    "coze.refused.nothing": Text("至少选一项。", "Choose at least one."),
    "coze.refused.user": Text("这个邀请已经不在了。", "This invitation is no longer open."),
    "coze.refused.invite": Text(
        "没有发出邀请：对方已在空间里，或设了不允许。", "Not invited: already in, or refusing invitations."
    ),
    "coze.refused.leave": Text("不能退出这个空间。", "This space can’t be left."),
    "coze.refused.callback": Text("没能再回调：渠道没有回调地址。", "No callback address to call back."),
    "coze.refused.review": Text("它已经不在审核中了。", "It is no longer in review."),
    "coze.refused.publish": Text(
        "没有发布：没有权限，或渠道不可用。", "Not published: not allowed, or no such channel."
    ),
    "coze.refused.token": Text(
        "没有创建：天数须为 1–30，空间须可选。", "Not created: 1 to 30 days, and a space of your own."
    ),
    "coze.refused.revoke": Text("没有这个令牌。", "There is no such token."),
    "coze.refused.oauth_app": Text(
        "没有成功：应用不在了，或 PKCE 应用缺少重定向地址。",
        "Not done: no such app, or a PKCE app without a redirect URL.",
    ),
    "coze.refused.agent": Text("名称要 1–20 个字。", "The name has to have 1 to 20 characters."),
    "coze.refused.channel": Text("回调地址没有正确回应校验。", "The callback address did not echo the challenge."),
    "coze.refused.other": Text("扣子网站没有接受。", "Coze’s website did not accept that."),
    "coze.note": Text(
        "在这里按一下，等于这个人在扣子网站上操作。机器人只能从 API 看到结果。",
        "A press here is that person acting on Coze’s own site. The bot sees it only through the API.",
    ),
    # Coze website: signing in to an app
    "coze.section.sign_ins": Text("登录请求", "登录请求 · Sign-in requests"),
    "coze.section.granted": Text("已授权的应用", "已授权的应用 · Authorised apps"),
    "coze.asks": Text("请求访问你的账号", "asks for access"),
    "coze.until": Text("{time} 前有效", "until {time}"),
    "coze.signs_in": Text("用户在扣子上登录授权", "people sign in to it"),
    "coze.do.grant": Text("授权", "授权 Authorise"),
    "coze.do.deny": Text("拒绝", "拒绝 Refuse"),
    "coze.do.take_back": Text("撤销授权", "撤销授权 Withdraw"),
    "coze.kind.device": Text("TV 端/设备应用", "设备 · Device code"),
    "coze.kind.pkce": Text("移动端/PC 桌面端/单页面应用", "单页面应用 · PKCE"),
    "coze.field.redirect": Text("重定向地址（仅 PKCE）", "重定向 URL · Redirect URL (PKCE)"),
    "coze.client": Text("应用的客户端 ID：", "The app’s client ID:"),
    "coze.back": Text("应用在等浏览器回去：", "The app waits for the browser:"),
    "coze.back.go": Text("回到应用", "Back to the app"),
    "coze.refused.sign_in": Text(
        "这个请求已经有人处理，或过期了。", "Somebody has answered already, or it is too late."
    ),
    "consent.local": Text(
        "只在本机：这是模拟的扣子网站，没有内容离开这台电脑。",
        "Local only: a simulated Coze website, nothing leaves this machine.",
    ),
    "consent.device": Text("设备验证", "设备验证 · Device verification"),
    "consent.type": Text("输入设备接收到的验证码", "Enter the code that the device shows"),
    "consent.code": Text("验证码", "Code"),
    "consent.wrong": Text("请输入正确的验证码", "This is not a code that is waiting"),
    "consent.next": Text("下一步", "下一步 Next"),
    "consent.asks": Text("{app} 请求访问你的扣子账号", "{app} asks for access to your Coze account"),
    "consent.who": Text("请先选择以谁的身份登录", "Choose who is signed in"),
    "consent.impossible": Text(
        "现在不能授权：应用已停用，或空间不可选", "Not possible: the app is off, or the space can’t be chosen"
    ),
    "consent.may": Text("授权后，它可以", "It will be able to"),
    "consent.own_spaces": Text("范围：这个账号自己拥有的全部空间。", "In all workspaces that this account owns."),
    "consent.one_space": Text("范围：空间「{space}」。", "In the workspace {space} alone."),
    "consent.refuse": Text("取消", "取消 Cancel"),
    "consent.allow": Text("授权", "授权 Authorise"),
    "consent.title.granted": Text("授权成功", "授权成功 · Authorised"),
    "consent.title.refused": Text("授权取消", "授权取消 · Cancelled"),
    "consent.title.late": Text("已过期", "已过期 · Too late"),
    "consent.title.unknown": Text("链接无效", "链接无效 · Not found"),
    "consent.over.granted": Text(
        "{app} 现在可以用 {who} 的账号了。可以关掉这个页面，回到应用。",
        "{app} may now act for {who}. You can close this page and go back to the app.",
    ),
    "consent.over.refused": Text(
        "没有授权给 {app}。可以关掉这个页面。", "{app} may not act for you. You can close this page."
    ),
    "consent.over.late": Text(
        "五分钟已过。回到应用，重新开始登录。", "The five minutes are over. Go back to the app and begin again."
    ),
    "consent.over.unknown": Text(
        "没有这个登录请求。回到应用，重新开始登录。", "No app waits here. Go back to the app and begin again."
    ),
    "consent.take_back": Text(
        "想收回时：授权 › 已授权的应用 › 撤销授权。", "To take it back: 授权 › 已授权的应用 › 撤销授权."
    ),
    "perm.createBot": Text("创建智能体", "Create agents"),
    "perm.edit": Text("编辑智能体", "Edit agents"),
    "perm.publish": Text("发布智能体", "Publish agents"),
    "perm.listBot": Text("查看智能体列表", "List agents"),
    "perm.getMetadata": Text("查看智能体信息", "Read an agent’s details"),
    "perm.getPublishedBot": Text("查看已发布的智能体", "List published agents"),
    "perm.Bot_listVersion": Text("查看智能体版本", "List an agent’s versions"),
    "perm.disconnectBot": Text("下架智能体", "Take agents down"),
    "perm.Connector_disconnectBot": Text("从渠道下架智能体", "Take agents off a channel"),
    "perm.installConnector": Text("为空间安装渠道", "Install channels in a workspace"),
    "perm.bindConnectorConfig": Text("设置渠道选项", "Set a channel’s options"),
    "perm.listWorkspace": Text("查看空间列表", "List workspaces"),
    "perm.readMember": Text("查看空间成员", "List a workspace’s members"),
    "perm.addMember": Text("添加空间成员", "Add members"),
    "perm.removeMember": Text("移除空间成员", "Remove members"),
    "perm.chat": Text("与智能体对话", "Chat with agents"),
    "perm.getChat": Text("查看对话状态", "Follow a chat"),
    "perm.listMessage": Text("查看对话消息", "Read a chat’s messages"),
    "perm.uploadFile": Text("上传文件", "Upload files"),
    # Inspector
    "inspector.title": Text("检查器", "Inspector"),
    "inspector.filter": Text("筛选", "Filter"),
    "inspector.all": Text("全部", "All"),
    "inspector.hits": Text("投递", "Deliveries"),
    "inspector.summary": Text(
        "{n} 次投递 · 应答中位数 {ms} ms · {late} 次超时", "{n} deliveries · median ack {ms} ms · {late} timed out"
    ),
    "inspector.empty": Text("还没有投递。发一条命令试试。", "Nothing was delivered yet. Try a command."),
    "inspector.payload": Text("收到的内容", "Payload in"),
    "inspector.ack": Text("应答：{ms}", "Ack: {ms}"),
    "inspector.late": Text("应答：3 秒内没有等到", "Ack: none within 3 s"),
    "inspector.calls": Text("发出的调用", "Calls out"),
    "inspector.no_calls": Text("没有调用", "none"),
    "inspector.log": Text("日志", "Log"),
    "inspector.no_log": Text("没有日志", "nothing logged"),
    "inspector.export": Text("导出为测试", "Export as a test"),
    "inspector.kind.slash_commands": Text("命令", "command"),
    "inspector.kind.block_actions": Text("按钮", "button"),
    "inspector.kind.view_submission": Text("表单", "form"),
    "inspector.kind.view_closed": Text("关闭表单", "form closed"),
    "inspector.kind.shortcut": Text("快捷操作", "shortcut"),
    "inspector.kind.event_callback": Text("事件", "event"),
    "inspector.status.no_app": Text("没连上", "no app"),
}


# A blank stands between Chinese and Latin letters, none between two Chinese ones: a filled-in name may be either.
_BETWEEN = re.compile(r"(?<=[\u3400-\u9fff「」]) (?=[\u3400-\u9fff「」])")


class Say:
    """The texts of one language, called by key: `say("desk.unread", n=3)`. Raises KeyError for an unknown key."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang

    def __call__(self, key: str, **values: object) -> str:
        text = str(getattr(TEXTS[key], self._lang)).format(**values)
        return _BETWEEN.sub("", text) if values else text

    def either(self, key: str, fallback: str = "", default: str = "", **values: object) -> str:
        """The text of `key` if there is one, else that of `fallback`, else `default` as it is."""
        if key in TEXTS:
            return self(key, **values)
        return self(fallback, **values) if fallback else default


_SAY: dict[Lang, Say] = {"zh": Say("zh"), "en": Say("en")}


def words(lang: Lang) -> Say:
    """The page's words in one language."""
    return _SAY[lang]
