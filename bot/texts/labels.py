"""Words that stay as they are on the screen, in every language: Coze's labels, and what is said to the glasses.

A text holds them as `[name]`, so a label that Coze changes is changed here and nowhere else. Admins say while the bot
runs how Coze calls one by now: `添加=新增`. That counts for what is bold in the guide's texts and the error help too.
"""

import re
from collections.abc import Container

Renamed = tuple[tuple[str, str], ...]
"""Labels that Coze calls otherwise by now: as the texts have it, and as Coze does."""

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
_LABEL = re.compile(r"(?:[^\W_]|[ &().+'’·-]){1,40}")
"""What a label may consist of: nothing that Slack or a text of ours takes for more than a word."""

_APART, _IS = re.compile(r"[,，、;；\r\n]"), re.compile("=|＝|→|->")
MOST = 30  # labels that are called otherwise


def labelled(text: str, renamed: Renamed = ()) -> str:
    """The text with each `[name]` replaced. Raises KeyError for a label that does not exist."""
    today = dict(renamed)
    return _NAME.sub(lambda match: today.get(LABELS[match[1]], LABELS[match[1]]), text)


def renamed_in(text: str) -> Renamed:
    """Pairs such as `添加=新增`, a line or a comma apart. Raises ValueError for what is none, or is there twice."""
    typed = [[part.strip() for part in _IS.split(each)] for each in _APART.split(text) if each.strip()]
    if len(typed) > MOST or not all(len(pair) == 2 and all(map(_LABEL.fullmatch, pair)) for pair in typed):
        raise ValueError("no pairs of labels")
    pairs = tuple((label, today) for label, today in typed)
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a label twice")
    return pairs


def unknown_in(renamed: Renamed, known: Container[str]) -> list[str]:
    """The labels that no text names, so that calling them otherwise changes nothing."""
    return [label for label, _ in renamed if label not in known]
