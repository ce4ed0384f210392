"""A room's messages: day lines, threads, what only one person sees, edits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import htpy
from htpy import Node

from ..world.chat import Message, Person, SlackApp
from ..world.conversation import Seen
from . import dates
from .blocks import draw_blocks
from .composer import reply_line
from .drawings import Drawings
from .icons import icon
from .mrkdwn import mrkdwn
from .parts import Part, part
from .pictures import draw_files
from .reader import Place, Reader
from .rooms import main_app
from .texts import Say, words
from .window import Window, stretch_of


@dataclass(frozen=True)
class Look:
    """How a desk looks at its room: above which message (ts) "new" stands, and which messages are shown."""

    fresh: str | None = None
    window: Window = field(default_factory=Window)


def log_items(seen: Seen, reader: Reader, list_id: str, look: Look, drawings: Drawings) -> Iterator[Part]:
    """The list's items, oldest first: day lines, the line before what is new, messages with their threads."""
    shown = stretch_of(seen.roots, look.window)
    draw = drawings.drawer(reader, lambda message, thread: _message(message, thread, reader, list_id))
    say = words(reader.lang)
    if shown.older:
        yield part(_edge("older", {"older": shown.older}, list_id, reader))
    day: date | None = None
    for message in shown.messages:
        local = dates.from_ts(message.ts).astimezone(reader.zone).date()
        is_fresh = message.ts == look.fresh
        if local != day or is_fresh:
            today = reader.now.astimezone(reader.zone).date()
            yield _day(local, today, list_id, reader, say, fresh=is_fresh, turn=local != day)
            day = local
        yield draw(message, seen.replies.get(message.ts, []))
    if shown.newer:
        ends = (look.window.until, seen.roots[-1].ts)
        yield part(_edge("newer", {"newer": shown.newer, "newest": ""}, list_id, reader, ends))


def _edge(
    kind: str,
    ways: Mapping[str, str],
    list_id: str,
    reader: Reader,
    ends: tuple[str | None, str | None] = (None, None),
) -> htpy.Element:
    """Where the shown stretch ends but the room goes on: buttons to its neighbours. `ends`: the ts of the last shown
    message, and of the room's newest.
    """
    say, (until, newest) = words(reader.lang), ends
    return htpy.li(id=f"{list_id}-{kind}", class_="edge", data_until=until, data_newest=newest)[
        [
            htpy.button(
                ".link",
                type="button",
                id=f"{list_id}-to-{way}",
                hx_get=f"{reader.base}/stretch?until={end}",
                hx_sync="this:drop",
                data_more=way if way == kind else None,
            )[say(f"log.{way}")]
            for way, end in ways.items()
        ]
    ]


def _day(day: date, today: date, list_id: str, reader: Reader, say: Say, *, fresh: bool, turn: bool) -> Part:
    shown = dates.day_line(day, today, reader.lang)
    label = say("log.new_day", day=shown) if turn else say("log.new")
    kind = "new" if fresh else "day"
    return part(
        htpy.li(id=f"{list_id}-{kind}-{day}", class_={"day": True, "new": fresh})[
            htpy.time(datetime=day.isoformat())[label if fresh else shown]
        ]
    )


def _message(message: Message, replies: Sequence[Message], reader: Reader, list_id: str) -> htpy.Element:
    key = message.ts.replace(".", "-")
    return htpy.li(id=f"{list_id}-{key}", class_={"msg": True, "note": bool(message.only_for)})[
        _face(message, reader),
        htpy.article[
            _only(message, reader) if message.only_for else _head(message, reader),
            _body(message, reader),
            draw_files(message, reader.workspace),
            _thread(message, replies, reader, f"{list_id}-{key}"),
        ],
    ]


def _head(message: Message, reader: Reader) -> Node:
    say = words(reader.lang)
    return htpy.header[
        htpy.b[_author(message, reader)],
        message.app_id and htpy.span(".tag")[say("log.app")],
        _time(message, reader),
        message.edited and htpy.span(".edited")[say("log.edited")],
    ]


def _time(message: Message, reader: Reader) -> Node:
    moment = dates.from_ts(message.ts)
    return htpy.time(datetime=moment.isoformat())[dates.clock_time(moment, reader.zone, reader.lang)]


def _only(message: Message, reader: Reader) -> Node:
    say = words(reader.lang)
    return htpy.p(".only")[
        icon("eye"),
        htpy.span[say("log.only_you"), " · ", _time(message, reader)],
        htpy.button(
            ".link",
            type="button",
            id=f"hide{reader.desk}-{message.ts.replace('.', '-')}",
            hx_post=f"{reader.base}/hide",
            hx_vals=f'{{"channel": "{message.channel}", "ts": "{message.ts}"}}',
        )[say("log.hide")],
    ]


def _body(message: Message, reader: Reader) -> Node:
    if not message.blocks:
        return htpy.div(".text")[mrkdwn(message.text, reader)]
    drawn = draw_blocks(message.blocks, reader, Place(message.ts, message.channel), message.state)
    written = message.app_id is None or message.only_for
    return htpy.div(class_={"card": True, "bare": bool(written)})[drawn]


def _thread(root: Message, replies: Sequence[Message], reader: Reader, root_id: str) -> Node:
    """The replies, with a line to write another; without any, a button that opens the line. What people wrote is
    open; an app's own history is folded.
    """
    if root.only_for:
        return None
    say = words(reader.lang)
    write = reply_line(root, reader, root_id)
    if not replies:
        return htpy.details(".thread.none", id=f"{root_id}-thread")[
            htpy.summary(".link", id=f"{root_id}-replies", title=say("log.answer"))[say("log.answer")], write
        ]
    last = replies[-1]
    count = say("log.reply") if len(replies) == 1 else say("log.replies", n=len(replies))
    return htpy.details(".thread", id=f"{root_id}-thread", open=any(each.app_id is None for each in replies))[
        htpy.summary(id=f"{root_id}-replies")[
            _face(last, reader, small=True), count, htpy.small[_time(last, reader)]
        ],
        htpy.ol[[_reply(reply, reader) for reply in replies]],
        write,
    ]


def _reply(reply: Message, reader: Reader) -> Node:
    return htpy.li(".msg")[
        _face(reply, reader, small=True),
        htpy.article[_head(reply, reader), _body(reply, reader), draw_files(reply, reader.workspace)],
    ]


def _author(message: Message, reader: Reader) -> str:
    app = reader.workspace.apps.get(message.app_id or "")
    if app:
        return app.name
    person = reader.workspace.person_by_id(message.user)
    return person.name if person else message.user


def _face(message: Message, reader: Reader, *, small: bool = False) -> Node:
    workspace = reader.workspace
    app = workspace.apps.get(message.app_id or "")
    if app:
        return app_face(app, is_main=app is main_app(workspace), small=small)
    person = workspace.person_by_id(message.user)
    return (
        person_face(person, small=small)
        if person
        else htpy.span(class_={"face": True, "s": small}, aria_hidden="true")["?"]
    )


def app_face(app: SlackApp | None, *, is_main: bool, small: bool = False) -> Node:
    """An app's rounded square: the glasses for the main one, else a letter."""
    sign: Node = icon("glasses") if is_main or app is None else app.name[:1].upper()
    return htpy.span(class_={"face": True, "app": True, "s": small}, aria_hidden="true")[sign]


def person_face(person: Person, *, small: bool = False) -> Node:
    """A person's circle with their sign."""
    sign = person.face or person.name[:1].upper()
    return htpy.span(class_={"face": True, "s": small, f"tone-{person.tone}": bool(person.tone)}, aria_hidden="true")[
        sign
    ]
