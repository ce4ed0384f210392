"""What an empty room says: whom one plays here, and what can be tried."""

import htpy
from htpy import Node

from ..world.chat import SlackApp
from .composer import offered
from .reader import Lang, Reader
from .rooms import Room, main_app
from .texts import words

_TRIES = 4


def greeting(room: Room, reader: Reader, lang: Lang) -> htpy.Element:
    """A few lines in the page's language; a press on a command writes it into the line below."""
    say, person, app = words(lang), reader.person, main_app(reader.workspace)
    role = say(f"role.{person.role}")
    return htpy.div(".empty.hello")[
        htpy.b[say("hello.title", name=person.name)],
        htpy.p[say("hello.you", name=person.name, role=role)],
        htpy.p[_about(app, lang)] if app else None,
        None if room.is_home else _tries(reader, lang),
        htpy.p(".small")[say("hello.frame")],
    ]


def _about(app: SlackApp, lang: Lang) -> str:
    say, about = words(lang), str(app.about.get(lang, ""))
    return say("hello.app", app=app.name, about=about) if about else say("hello.app_alone", app=app.name)


def _tries(reader: Reader, lang: Lang) -> Node:
    say, entries = words(lang), list(offered(reader, lang))
    if not entries:
        return htpy.p[say("log.empty_hint")]
    return [
        htpy.p[say("hello.try")],
        htpy.ul[
            [
                htpy.li[
                    htpy.button(".key", type="button", id=f"try-{reader.desk}-{i}", data_fill=entry.text)[
                        htpy.kbd[entry.text]
                    ],
                    htpy.span[entry.about],
                ]
                for i, entry in enumerate(entries[:_TRIES])
            ]
        ],
    ]
