"""What people's side is told about apps and people, looked at before anything is done with it."""

from typing import Any
from zoneinfo import ZoneInfo

from .slack.checks import Check, Report, choice, flag, items, string
from .world.chat import Json


def having(**fields: Check) -> Check:
    """An object; of its fields the known ones are checked, null counts as not given."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            return report.add(at, "must be an object")
        for name in fields.keys() & value.keys():
            if value[name] is not None:
                fields[name](value[name], f"{at}/{name}", report)
        return None

    return check


def zone(value: Any, at: str, report: Report) -> None:
    """The name of a time zone."""
    try:
        ZoneInfo(value)
    except (TypeError, ValueError, OSError, LookupError):
        report.add(at, "must be a time zone such as Asia/Shanghai")


NAMES = items(string(100), 0, 255)
URL = string(3000, form=r"https?://\S+")
MANIFEST = having(
    features=having(
        app_home=having(),
        bot_user=having(display_name=string(80)),
        slash_commands=items(having(command=string(32, 2, form=r"/\S+")), 0, 50),
        shortcuts=items(having(type=string(20), name=string(24), callback_id=string(255)), 0, 10),
    ),
    oauth_config=having(scopes=having(bot=NAMES)),
    settings=having(event_subscriptions=having(bot_events=NAMES)),
)
APP = having(
    name=string(80),
    transport=choice("http", "socket"),
    commands=items(string(32, 2, form=r"/\S+"), 0, 50),
    events_url=URL,
    scopes=NAMES,
    manifest=MANIFEST,
)
PERSON = having(
    deleted=flag,
    restricted=flag,
    bot=flag,
    stranger=flag,
    locale=string(20, form=r"[a-z]{2,3}(-[A-Za-z]+)*"),
    tz=zone,
    name=string(200),
    grid=flag,
    told=having(),
)


def complaints(check: Check, body: Json) -> str:
    """What is wrong with a body, in words; empty when nothing is."""
    report = Report("message")
    check(body, "", report)
    return "; ".join(f"{problem.pointer.strip('/')} {problem.message}" for problem in report.problems)
