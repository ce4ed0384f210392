"""Where a person writes: a line with the registered slash commands and shortcuts at hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import htpy
from htpy import Node

from ..world.chat import Message, SlackApp
from .icons import icon
from .reader import Lang, Reader, lang_tag
from .rooms import Room, room_name
from .texts import Say, words

_HINTS = 4


@dataclass(frozen=True)
class Entry:
    """One line of the completion: what is filled in, what may follow, what it does, by which words it is found."""

    text: str
    rest: str = ""
    about: str = ""
    words: tuple[str, ...] = ()
    admin: bool = False


def composer(room: Room, reader: Reader, lang: Lang) -> htpy.Element:
    """The form at the foot of a room. A Home tab has none."""
    say = words(lang)
    number = reader.desk
    if room.is_home:
        return htpy.form(id=f"composer-{number}", hidden=True)
    field = f"say-{number}"
    name = room_name(room, lang, say)
    entries = list(offered(reader, reader.lang))
    return htpy.form(
        id=f"composer-{number}",
        class_="composer",
        hx_post=f"{reader.base}/say",
        data_draft=f"{reader.person.handle}:{room.key}",
    )[
        _commands(entries, number, reader.lang, say),
        htpy.ul(
            ".attached", data_attached=True, data_remove=say("composer.remove"), aria_label=say("composer.attached")
        ),
        htpy.div(".box")[
            _shortcuts(reader, say),
            htpy.label(".btn.bare.icon.clip", title=say("composer.attach"))[
                icon("clip"),
                htpy.input(".vh", id=f"file-{number}", type="file", multiple=True, aria_label=say("composer.attach")),
            ],
            htpy.label(".vh", for_=field)[say("composer.label")],
            htpy.input(
                id=field,
                name="text",
                autocomplete="off",
                role="combobox",
                aria_expanded="false",
                aria_autocomplete="list",
                aria_controls=f"commands-{number}",
                placeholder=say("composer.dm" if room.app else "composer.channel", name=name),
            ),
            htpy.button(".btn.primary.icon", id=f"send-{number}", aria_label=say("composer.send"))[icon("send")],
        ],
        htpy.div(".hint", lang=lang_tag(reader.lang))[
            [_hint(entry, number, i) for i, entry in enumerate(_favourites(entries))]
        ],
    ]


def reply_line(root: Message, reader: Reader, root_id: str) -> htpy.Element:
    """The form under a thread, in its person's language."""
    say = words(reader.lang)
    field = f"{root_id}-say"
    return htpy.form(
        id=f"{root_id}-answer",
        class_="composer answer",
        hx_post=f"{reader.base}/say",
        data_thread=root.ts,
        data_draft=f"{reader.person.handle}:{root.channel}:{root.ts}",
    )[
        htpy.div(".box")[
            htpy.label(".vh", for_=field)[say("composer.thread")],
            htpy.input(id=field, name="text", autocomplete="off", placeholder=say("composer.thread")),
            htpy.button(".btn.bare.icon", id=f"{root_id}-send", aria_label=say("composer.send"))[icon("send")],
        ]
    ]


def offered(reader: Reader, lang: Lang) -> Iterator[Entry]:
    """Every command that this person may use, in a language; admins' own come right after the bare command."""
    for app in reader.workspace.apps.values():
        entries = [one for one in entries_of(app, lang) if reader.person.role == "admin" or not one.admin]
        yield from sorted(entries, key=lambda one: 0 if one is entries[0] else 1 + (not one.admin))


def entries_of(app: SlackApp, lang: Lang = "en") -> Iterator[Entry]:
    """The commands as they were handed in; else of each the bare command, then one entry for each word that its usage
    hint offers, split at `|`.
    """
    for one in app.hints:
        yield Entry(one.text, one.rest, str(one.about.get(lang, "")), tuple(one.words), one.admin)
    for command in app.commands if not app.hints else ():
        name = str(command["command"])
        hint = str(command.get("usage_hint", "")).strip()
        verbs = list(_verbs(hint))
        yield Entry(name, "" if verbs else hint, str(command.get("description", "")))
        yield from (Entry(f"{name} {verb}", rest) for verb, rest in verbs)


def _verbs(hint: str) -> Iterator[tuple[str, str]]:
    """`[join | publish [agent]]` offers join and publish, the latter with [agent] to follow."""
    inner = hint[1:-1] if re.fullmatch(r"\[[^\[\]]*(\[[^\[\]]*\][^\[\]]*)*\]", hint) and "|" in hint else hint
    for choice in re.split(r"\|(?![^\[]*\])", inner):
        verb = re.match(r"\s*([^\[\]<>|…]*[^\[\]<>|…\s])\s*(.*)", choice)
        if verb:
            yield verb[1], verb[2].strip()


def _commands(entries: list[Entry], number: int, spoken: Lang, say: Say) -> Node:
    return htpy.div(".pop", hidden=True, data_pop=True)[
        htpy.ul(id=f"commands-{number}", role="listbox", lang=lang_tag(spoken), aria_label=say("composer.commands"))[
            [
                htpy.li(
                    id=f"command-{number}-{i}",
                    role="option",
                    aria_selected="false",
                    data_text=entry.text,
                    data_words="|".join(entry.words) or None,
                )[htpy.code[htpy.b[entry.text], " ", entry.rest], htpy.span[entry.about]]
                for i, entry in enumerate(entries)
            ]
        ],
        htpy.p(".small")[
            htpy.span[htpy.kbd["↑"], " ", htpy.kbd["↓"], " ", say("composer.choose")],
            htpy.span[htpy.kbd["Tab"], " ", say("composer.complete")],
            htpy.span[htpy.kbd["Enter"], " ", say("composer.send_key")],
            htpy.span[htpy.kbd["Esc"], " ", say("close")],
        ],
    ]


def _favourites(entries: list[Entry]) -> list[Entry]:
    """The bare command, the first verbs, and help where there is one."""
    helps = [entry for entry in entries if entry.text.endswith(" help")]
    first = [entry for entry in entries if entry not in helps][: _HINTS - bool(helps)]
    return [*first, *helps[:1]]


def _hint(entry: Entry, number: int, i: int) -> Node:
    return htpy.button(".key", type="button", id=f"hint-{number}-{i}", data_fill=entry.text)[
        htpy.kbd[entry.text], entry.about and htpy.small[entry.about]
    ]


def _shortcuts(reader: Reader, say: Say) -> Node:
    shortcuts = [
        one for app in reader.workspace.apps.values() for one in app.shortcuts if one.get("type") == "global"
    ]
    if not shortcuts:
        return None
    return htpy.details(".more.up", id=f"shortcuts-{reader.desk}")[
        htpy.summary(".btn.bare.icon", id=f"shortcut-{reader.desk}", aria_label=say("composer.shortcuts"))[
            icon("bolt")
        ],
        htpy.ul[
            [
                htpy.li[
                    htpy.button(
                        type="button",
                        id=f"shortcut-{reader.desk}-{i}",
                        title=str(one.get("description", "")),
                        hx_post=f"{reader.base}/shortcut",
                        hx_vals=f'{{"callback_id": "{one["callback_id"]}"}}',
                    )[str(one["name"])]
                ]
                for i, one in enumerate(shortcuts)
            ]
        ],
    ]
