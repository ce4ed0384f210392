"""Words that stay as they are on the screen, in every language: Coze's labels, and what is said to the glasses.

A text holds them as `[name]`, so a label that Coze changes is changed here and nowhere else.
"""

import re

LABELS = {
    "account": "账号设置",
    "add": "添加成员",
    "appid": "应用 ID",
    "authorise": "授权",
    "channel": "闪极智能体",
    "create": "创建智能体",
    "find": "找",
    "fingerprint": "公钥指纹",
    "grants": "已授权的应用",
    "members": "成员管理",
    "notifications": "通知",
    "publish": "发布",
    "revoke": "撤销授权",
}

_NAME = re.compile(r"\[([a-z]+)\]")


def labelled(text: str) -> str:
    """The text with each `[name]` replaced. Raises KeyError for a label that does not exist."""
    return _NAME.sub(lambda match: LABELS[match[1]], text)
