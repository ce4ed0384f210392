"""The words of a desk: its rooms, messages, cards, the line to write in, and the failures that the chat shows."""

from typing import NamedTuple


class Text(NamedTuple):
    """One text in both languages; `{name}` is filled in."""

    zh: str
    en: str


DESK: dict[str, Text] = {
    # Desk
    "desk.1": Text("左侧的人", "Person at the left"),
    "desk.2": Text("右侧的人", "Person at the right"),
    "desk.rooms": Text("频道和私信", "Channels and messages"),
    "desk.person": Text("人物", "Person"),
    "desk.channels": Text("频道", "Channels"),
    "desk.direct": Text("私信", "Direct messages"),
    "desk.unread": Text("{n} 条未读", "{n} unread"),
    "desk.app": Text("应用", "App"),
    "desk.tabs": Text("视图", "Views"),
    "desk.channel": Text("频道", "Channel"),
    "desk.private": Text("私密频道", "Private channel"),
    "desk.between": Text("、", ", "),
    "desk.members": Text("{n} 人", "{n} people"),
    "tab.dm": Text("消息", "Messages"),
    "tab.home": Text("首页", "Home"),
    "dm.nobody": Text("没有应用", "No app"),
    "home.about": Text("只有你能看到这一页", "Only you see this page"),
    "home.empty_hint": Text(
        "应用收到「打开首页」后会画出这一页。", "The app draws this page once it hears it was opened."
    ),
    "role.member": Text("成员", "member"),
    "role.admin": Text("管理员", "admin"),
    "role.guest": Text("访客", "guest"),
    "role.stranger": Text("外部成员", "outsider"),
    # Messages
    "log.label": Text("消息", "Messages"),
    "log.app": Text("应用", "App"),
    "log.edited": Text("（已编辑）", "(edited)"),
    "log.only_you": Text("只有你能看到", "Only you can see this"),
    "log.hide": Text("收起", "Dismiss"),
    "log.new": Text("新消息", "New"),
    "log.new_day": Text("{day} · 新消息", "{day} · new"),
    "log.reply": Text("1 条回复", "1 reply"),
    "log.replies": Text("{n} 条回复", "{n} replies"),
    "log.answer": Text("回复", "Reply"),
    "log.older": Text("更早的消息", "Older messages"),
    "log.newer": Text("更新的消息", "Newer messages"),
    "log.newest": Text("回到最新", "Jump to the newest"),
    "log.below": Text("下面有新消息", "New messages below"),
    "hello.title": Text("你好，{name}", "Hello, {name}"),
    "hello.you": Text(
        "你在这里扮演「{name}」（{role}）。左右各坐着一个人，一边做的事，另一边马上看得到。",
        "You play {name} ({role}) here. Two people sit side by side; what one does, the other sees at once.",
    ),
    "hello.app": Text("要试的应用是 {app}：{about}。", "The app to try is {app}: {about}."),
    "hello.app_alone": Text("要试的应用是 {app}。", "The app to try is {app}."),
    "hello.try": Text("可以先试试，也可以直接写一句话：", "Try one of these, or just write a sentence:"),
    "hello.frame": Text(
        "在人名处可以换人（手机上点头像）；上方可以快进时间、制造故障、打开扣子网站和检查器。",
        "Pick somebody else by name (on a phone, by face). Above: move time on, cause faults, see Coze’s site.",
    ),
    "log.empty_hint": Text("在下面写一句，或输入 / 使用命令。", "Write something below, or type / for commands."),
    # Cards
    "card.more": Text("更多操作", "More actions"),
    "card.choose": Text("请选择", "Choose"),
    "card.search": Text("输入文字查找", "Type to search"),
    "card.unknown": Text("演练场画不出这种内容：{type}", "The playground can’t draw this block: {type}"),
    "task.pending": Text("待办", "to do"),
    "task.in_progress": Text("进行中", "in progress"),
    "task.complete": Text("完成", "done"),
    "task.error": Text("出错", "failed"),
    "modal.optional": Text("可不填", "optional"),
    "modal.no_files": Text("演练场里不能上传文件", "Nothing can be uploaded in the playground"),
    "modal.cancel": Text("取消", "Cancel"),
    "modal.back": Text("返回", "Back"),
    # Composer
    "composer.label": Text("消息", "Message"),
    "composer.dm": Text("给 {name} 发消息，或输入 / 使用命令", "Message {name}, or type / for commands"),
    "composer.channel": Text("发消息到 {name}", "Message {name}"),
    "composer.thread": Text("在消息列里回复", "Reply in thread"),
    "composer.attach": Text("添加图片或文件", "Attach a picture or a file"),
    "composer.attached": Text("要发送的文件", "Files to send"),
    "composer.remove": Text("移除", "Remove"),
    "composer.send": Text("发送", "Send"),
    "composer.commands": Text("命令", "Commands"),
    "composer.shortcuts": Text("快捷操作", "Shortcuts"),
    "composer.choose": Text("选择", "choose"),
    "composer.complete": Text("补全", "complete"),
    "composer.send_key": Text("发送", "send"),
    # Failures that the chat shows
    "toast.failed": Text("没有成功", "That did not work"),
    "toast.timeout": Text("{app} 没有在 3 秒内回应", "{app} did not answer within 3 seconds"),
    "toast.dispatch_failed": Text("没能送到 {app}", "{app} could not be reached"),
    "toast.no_app": Text("{app} 没有连上", "{app} is not connected"),
    "toast.expired_trigger": Text("等得太久，窗口打不开了", "It took too long to open the form"),
    "toast.invalid_response": Text("{app} 的回答不合规", "{app} answered with something that can’t be shown"),
    "toast.impossible": Text("现在做不了", "That can’t be done now"),
    "impossible.click": Text(
        "这个按钮已经不在了，卡片可能刚更新过。", "This button is gone; the card may just have changed."
    ),
    "impossible.submit": Text(
        "这个窗口现在提交不了，可能已经关上。", "This form can’t be sent now; it may be closed already."
    ),
    "impossible.say": Text(
        "这里写不了消息：内容为空，或你不在这个频道里。", "Nothing can be written here: no text, or not your channel."
    ),
    "impossible.command": Text(
        "这里用不了这个命令，可能应用已移除。", "This command can’t be used here; its app may be gone."
    ),
    "impossible.shortcut": Text("这个快捷操作已经没有了。", "This shortcut is no longer there."),
    "impossible.other": Text("演练场不明白这一步。", "The playground does not understand this step."),
    "toast.no_command": Text("没有这个命令", "There is no such command"),
    "toast.commands": Text("输入 / 可以看到全部命令。", "Type / to see them all."),
    "toast.maybe": Text("可能没有生效，详见检查器。", "may not have worked; see the inspector."),
    "toast.again": Text("再试一次", "Try again"),
}
