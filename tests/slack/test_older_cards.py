"""A button on an older card still acts: whatever the version before (schema 0004) could draw is answered today."""

from pathlib import Path

from bot.slack.guide import OPENS, PRESSES, SAYS
from tests.databases import fresh
from tests.slack.routes import routes

PRESSED = [
    "credential.cancel_link",
    "credential.forget",
    "credential.keep",
    "credential.keep_key",
    "credential.not_a_token",
    "credential.record",
    "guide.account",
    "guide.apply_and_try",
    "guide.ask_admin",
    "guide.check",
    "guide.choose",
    "guide.create",
    "guide.feedback",
    "guide.fix",
    "guide.glasses",
    "guide.insist",
    "guide.more",
    "guide.next",
    "guide.paste",
    "guide.publish",
    "guide.record",
    "guide.resume",
    "guide.route",
    "guide.script",
    "guide.service",
    "guide.service_node",
    "guide.service_python",
    "guide.service_shell",
    "guide.sign_node",
    "guide.sign_python",
    "guide.sign_shell",
    "guide.silent",
    "guide.start",
    "guide.stuck",
    "guide.take",
    "join.accepted",
    "join.again",
    "join.answer",
    "join.approve",
    "join.decline",
    "join.edit",
    "join.fix",
    "join.invited",
    "join.more",
    "join.nudge",
    "join.question",
    "join.read_uid",
    "join.remove_again",
    "join.removed",
    "join.resend",
    "join.show",
    "join.stuck",
    "join.withdraw",
    "people.language",
    "publish.check",
    "publish.more",
    "publish.rejected",
    "publish.settle_done",
    "queue.filter",
    "queue.page",
    "remind.more",
    "remind.renew",
    "remind.snooze",
    "report.answer",
    "report.reply",
    "report.solve",
]
"""The action ids of that version's table; `open.*` are links, which nobody answers."""

SENT = [
    "check.run",
    "credential.keep",
    "credential.record",
    "guide.account",
    "guide.again",
    "guide.agent",
    "guide.assertion",
    "guide.check",
    "guide.choose",
    "guide.create",
    "guide.ids",
    "guide.publish",
    "guide.record",
    "guide.report",
    "guide.route",
    "guide.space",
    "guide.spaces",
    "join.answer",
    "join.ask",
    "join.assign",
    "join.decline",
    "join.edit",
    "join.fix",
    "join.question",
    "join.read_uid",
    "join.remove",
    "publish.confirm",
    "publish.pick",
    "publish.rejected",
    "report.answer",
    "report.reply",
]
TYPED = ["check", "help", "join", "lang", "publish", "queue", "remind", "start", "status"]
MENU = ["next", "check", "create", "publish", "record", "script", "service", "silent", "paste"]
"""What the guide's menu held beside what every step's menu has."""


async def test_every_name_of_the_version_before_has_a_route(tmp_path: Path) -> None:
    """Buttons, forms, and the commands that buttons named `command.<verb>` and shortcuts stand for."""
    with fresh("sqlite", tmp_path) as url:
        known = {(route.kind, route.name) for route in await routes(url)}
    before = {("press", name) for name in PRESSED} | {("form", name) for name in SENT}
    assert before | {("command", verb) for verb in TYPED} <= known


def test_every_choice_of_the_guides_menu_is_known() -> None:
    """Each verb that stood in a step's menu is one of a check's."""
    assert set(MENU) <= PRESSES | OPENS | SAYS
