"""A desk: one person's whole workspace, made of parts that change by themselves."""

from collections.abc import Iterator
from dataclasses import replace

import htpy
from htpy import Node

from ..world.chat import Channel, Person, Toast
from . import dates
from .blocks import draw_home
from .composer import composer
from .drawings import Drawings
from .greeting import greeting
from .icons import icon
from .log import Look, app_face, log_items, person_face
from .modal import no_question, overlay
from .parts import Part, growing, part
from .reader import Lang, Reader, lang_of, lang_tag
from .rooms import Room, main_app, room_icon, room_name, room_of, rooms_of, unread
from .state import Seat, State
from .texts import Say, words

_NAMED = 3  # so many people of a channel are named in its head; of more their number stands there


class Desk:
    """One of the two desks in a given state."""

    def __init__(self, state: State, reader: Reader, look: Look, drawings: Drawings) -> None:
        self.state = state
        self.look = look
        self.drawings = drawings
        self.reader = reader
        self.number = reader.desk
        self.person = reader.person
        self.say: Say = words(state.lang)
        self.room = room_of(reader.workspace, reader.person, state.seat(reader.desk).room)

    def parts(self) -> Iterator[Part]:
        """Everything of this desk that may change."""
        yield part(self._who())
        yield part(self._rooms())
        yield part(self._header())
        yield self._body()
        yield part(self._toasts())
        yield self._composer()
        yield part(overlay(self.reader))

    def draw(self) -> htpy.Element:
        """The whole desk."""
        who, rooms, header, body, toasts, line, over = (one.draw() for one in self.parts())
        return htpy.section(".desk", id=f"desk-{self.number}", aria_label=self.say(f"desk.{self.number}"))[
            htpy.nav(".side", id=f"side-{self.number}", aria_label=self.say("desk.rooms"), data_region=True)[
                who, rooms
            ],
            htpy.div(".room", id=f"room-{self.number}", data_region=True)[header, body, self._below(), toasts, line],
            over,
            no_question(self.number),
        ]

    def _below(self) -> Node:
        """The way to the newest message for who reads further up; the browser shows it and says what is new."""
        return htpy.div(".below")[
            htpy.button(
                ".btn",
                type="button",
                id=f"below-{self.number}",
                hidden=True,
                data_below=True,
                data_fresh=self.say("log.below"),
                data_back=self.say("log.newest"),
            )[icon("down"), htpy.span],
            htpy.p(".vh", id=f"said-{self.number}", role="status"),
        ]

    def at(self, room: str) -> State:
        """The state in which this desk shows another room."""
        return replace(self.state.sit(self.number, Seat(self.person.handle, room)), desk=self.number)

    def _who(self) -> htpy.Element:
        now = dates.clock_time(self.reader.now, self.reader.zone, self.state.lang)
        people = [p for p in self.reader.workspace.people.values() if not p.deleted]
        return htpy.div(id=f"who-{self.number}", class_="who")[
            person_face(self.person),
            htpy.div[
                htpy.select(
                    id=f"person-{self.number}",
                    name="who",
                    aria_label=self.say("desk.person"),
                    hx_get=f"/page/{self.number}/sit",
                    hx_trigger="change",
                )[[self._person(p) for p in people]],
                htpy.small[f"{dates.city(self.person.tz, self.state.lang)} {now}"],
            ],
        ]

    def _person(self, person: Person) -> Node:
        return htpy.option(value=person.handle, selected=person is self.person)[
            f"{person.name} · {self.say(f'role.{person.role}')}"
        ]

    def _rooms(self) -> htpy.Element:
        rooms = list(rooms_of(self.reader.workspace, self.person))
        homes = [room for room in rooms if room.is_home]
        channels = [room for room in rooms if not room.is_home and room.app is None]
        direct = [room for room in rooms if not room.is_home and room.app]
        return htpy.div(id=f"rooms-{self.number}", class_="places")[
            htpy.h2(".ws")[self.reader.workspace.name],
            self._list(homes),
            htpy.h3[self.say("desk.channels")],
            self._list(channels),
            htpy.h3[self.say("desk.direct")],
            self._list(direct),
        ]

    def _list(self, rooms: list[Room]) -> Node:
        return htpy.ul(".rooms")[[htpy.li[self._link(room)] for room in rooms]]

    def _link(self, room: Room) -> Node:
        current = room.key == self.room.key or (self.room.is_home and room.key == "home")
        count = 0 if current else unread(self.reader.workspace, self.person, room.channel)
        return htpy.a(
            bring(self.at(room.key)),
            href=self.at(room.key).path(),
            id=f"go-{self.number}-{room.key}",
            class_={"unread": count > 0},
            aria_current="page" if current else None,
        )[
            icon(room_icon(room)),
            htpy.span[room_name(room, self.state.lang, self.say)],
            count > 0 and htpy.span(".count", aria_label=self.say("desk.unread", n=count))[str(count)],
        ]

    def _header(self) -> htpy.Element:
        name = room_name(self.room, self.state.lang, self.say, title=True)
        return htpy.header(id=f"head-{self.number}")[
            self._face(),
            htpy.div[
                htpy.h2[name, " ", htpy.span(".tag")[self.say("desk.app")] if self.room.app else None],
                htpy.p(".small")[self._about()],
            ],
            self._tabs(),
        ]

    def _face(self) -> Node:
        if self.room.app or self.room.channel is None:
            return app_face(self.room.app, is_main=self.room.app is main_app(self.reader.workspace))
        return htpy.span(".face.place", aria_hidden="true")[icon(room_icon(self.room))]

    def _about(self) -> str:
        if self.room.is_home:
            return self.say("home.about")
        channel = self.room.channel
        if channel is None or channel.kind == "im":
            return str(self.room.app.about.get(self.state.lang, "")) if self.room.app else ""
        kind = self.say("desk.private" if channel.kind == "private" else "desk.channel")
        people = self._people_in(channel)
        named = self.say("desk.between").join(person.name for person in people)
        return f"{kind} · {named if len(people) <= _NAMED else self.say('desk.members', n=len(people))}"

    def _people_in(self, channel: Channel) -> list[Person]:
        return [p for p in self.reader.workspace.people.values() if p.id in channel.members]

    def _tabs(self) -> Node:
        app = self.room.app
        if app is None or not app.home_enabled:
            return None
        suffix = "" if app is main_app(self.reader.workspace) else f".{app.id}"
        return htpy.div(".group.tabs", role="group", aria_label=self.say("desk.tabs"))[
            [
                htpy.button(
                    bring(self.at(kind + suffix)),
                    type="button",
                    id=f"tab-{self.number}-{kind}",
                    aria_pressed="true" if self.room.key == kind + suffix else "false",
                )[self.say(f"tab.{kind}")]
                for kind in ("dm", "home")
            ]
        ]

    def _body(self) -> Part:
        if self.room.is_home:
            return part(self._home())
        list_id = f"list-{self.number}"
        channel = self.room.channel
        said = self.reader.workspace.conversation(channel.id if channel else "")
        items = list(log_items(said.seen_by(self.person.id), self.reader, list_id, self.look, self.drawings))
        lang = room_lang(channel, self.reader)
        label = self.say("log.label")
        return growing(
            htpy.div(
                id=f"body-{self.number}",
                class_="log",
                role="log",
                tabindex="0",
                aria_label=label,
                data_room=f"{self.person.handle}:{self.room.key}",
                data_fresh=self.look.fresh,
            )[
                htpy.ol(lang=lang_tag(lang), id=list_id)[()],
                not items and greeting(self.room, self.reader, self.state.lang),
            ],
            list_id,
            items,
        )

    def _home(self) -> htpy.Element:
        app = self.room.app
        view = self.reader.workspace.homes.get((app.id, self.person.id)) if app else None
        return htpy.div(
            id=f"body-{self.number}",
            class_="home",
            tabindex="0",
            lang=lang_tag(self.reader.lang if view else self.state.lang),
            aria_label=self.say("tab.home"),
            data_room=f"{self.person.handle}:{self.room.key}",
        )[
            htpy.div(".card.page")[draw_home(view.payload.get("blocks", []), self.reader)]
            if view
            else [
                greeting(self.room, self.reader, self.state.lang),
                htpy.p(".empty.small")[self.say("home.empty_hint")],
            ]
        ]

    def _composer(self) -> Part:
        offered = tuple(
            (app.name, str(app.commands), str(app.shortcuts)) for app in self.reader.workspace.apps.values()
        )
        place = (self.room.key, self.room.app is None, room_name(self.room, self.state.lang, self.say))
        content = (self.person.handle, self.person.role, self.reader.lang, self.state.lang, place, offered)
        return self.drawings.once(
            f"composer-{self.number}", content, lambda: part(composer(self.room, self.reader, self.state.lang))
        )

    def _toasts(self) -> htpy.Element:
        toasts = [toast for toast in self.reader.workspace.toasts if toast.user == self.person.id][-2:]
        return htpy.div(id=f"toasts-{self.number}")[[self._toast(toast) for toast in toasts]]

    def _toast(self, toast: Toast) -> Node:
        app = main_app(self.reader.workspace)
        title = self.say.either(f"toast.{toast.code}", "toast.failed", app=app.name if app else "")
        about, detail = self._about_toast(toast)
        target = {"hx-vals": f'{{"id": {toast.id}}}', "type": "button"}
        return htpy.div(".toast", role="alert")[
            icon("warn"),
            htpy.p[htpy.b[title], htpy.small(title=toast.detail or None)[about, " ", detail]],
            may_repeat(toast)
            and htpy.button(".btn", target, id=f"again-{toast.id}", hx_post=f"{self.reader.base}/again")[
                self.say("toast.again")
            ],
            htpy.button(
                ".btn.bare.icon",
                target,
                id=f"toast-{toast.id}",
                hx_post=f"{self.reader.base}/toast",
                aria_label=self.say("close"),
                data_close=True,
            )[icon("x")],
        ]

    def _about_toast(self, toast: Toast) -> tuple[Node, str]:
        """What was tried, and what to know about it. What can't be done here has a sentence of its own."""
        if toast.code == "impossible":
            return self.say.either(f"impossible.{toast.about}", "impossible.other"), ""
        detail = self.say("toast.commands" if toast.code == "no_command" else "toast.maybe")
        return htpy.code[toast.about], detail


def may_repeat(toast: Toast) -> bool:
    """Whether the same may work the next time: a command that exists and that the app did not take."""
    return toast.about.startswith("/") and toast.code not in ("impossible", "no_command")


def bring(state: State) -> dict[str, str]:
    """Attributes of a button that brings the page into `state` without loading it anew."""
    return {"hx-get": state.path(), "hx-push-url": "true"}


def room_lang(channel: Channel | None, reader: Reader) -> Lang:
    """A DM speaks its person's language, a channel that of most of its members."""
    if channel is None or channel.kind == "im":
        return reader.lang
    langs = [lang_of(p.locale) for p in reader.workspace.people.values() if p.id in channel.members]
    return max(set(langs), key=langs.count) if langs else reader.lang
