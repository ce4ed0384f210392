"""The page's addresses. Every request ends in the same answer: the parts that the browser shows wrongly."""

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from markupsafe import Markup
from starlette.background import BackgroundTasks
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from ..coze.consent import ACCOUNT_COOKIE
from ..director import Director
from ..world.chat import Person, Toast
from ..world.faults import KINDS, SlackFault
from .bar import Frame
from .deed import read_deed
from .desk import may_repeat
from .document import Page
from .drawings import Drawings
from .elements import address_of
from .external import long_enough, suggested
from .find import Press, find_element, read_press
from .inputs import read_fields, read_value
from .inspector import Outside
from .live import Stream, changes
from .log import Look
from .modal import no_question, question
from .parts import read_known, update
from .pictures import picture_route
from .reader import Place, Reader
from .rooms import is_command, look, room_of
from .site import outcome
from .spot import Spot
from .state import Seat, State, follow, read_seat, read_state
from .tail import Tail
from .window import Window, read_windows
from .wire import HEADERS, STATIC, Form, Handler, favicon, guarded, last_of, read_files, read_form

STORY = "/human/story"  # what was lived so far, as a test
Answer = Mapping[str, Any]  # `ok`, and `error` in words or `errors` by field when something was refused


def routes(director: Director) -> list[BaseRoute]:
    """Everything the page needs, to be mounted at the server's root."""
    site = _Site(director)
    post: dict[str, Handler] = {
        "/page/clock": site.clock,
        "/page/fault": site.fault,
        "/page/reset": site.reset,
        "/page/coze": site.coze,
        "/page/{desk:int}/say": site.say,
        "/page/{desk:int}/ask": site.ask,
        "/page/{desk:int}/click": site.click,
        "/page/{desk:int}/suggest": site.suggest,
        "/page/{desk:int}/submit": site.submit,
        "/page/{desk:int}/close": site.close,
        "/page/{desk:int}/shortcut": site.shortcut,
        "/page/{desk:int}/hide": site.hide,
        "/page/{desk:int}/toast": site.toast,
        "/page/{desk:int}/again": site.again,
    }
    return [
        Route("/", site.page),
        Route("/favicon.ico", favicon),
        Route("/page/parts", site.parts),
        Route("/page/events", site.events),
        picture_route(director.world.chat),
        Route("/page/{desk:int}/sit", site.sit),
        Route("/page/{desk:int}/stretch", site.stretch),
        *(Route(path, guarded(handler), methods=["POST"]) for path, handler in post.items()),
        Mount("/page/static", StaticFiles(directory=STATIC)),
    ]


class _Site:
    """The handlers. They remember above which message the line "new" stands, and what was drawn before."""

    def __init__(self, director: Director) -> None:
        self._director, self._world = director, director.world
        self._fresh: dict[tuple[str, str], str | None] = {}
        self._drawings = Drawings()
        self._tail = Tail(director.world.clock)

    # Reading

    async def page(self, request: Request) -> Response:
        """The document, or for a link inside the page the parts that differ."""
        state = self._state(request, str(request.url))
        if "HX-Request" in request.headers:
            return await self._updated(request, state, visit=True)
        page = await self._page(state, self._look(state, visit=True))
        response = HTMLResponse(f"<!doctype html>{page.document()}")
        response.headers.update(HEADERS)
        for name in ("lang", "theme"):
            response.set_cookie(name, str(getattr(state, name)), samesite="strict")
        response.background = self._opened(state, None)
        return response

    async def parts(self, request: Request) -> Response:
        """What changed since the browser last looked."""
        return await self._updated(request)

    async def events(self, _: Request) -> Response:
        """The stream of changes."""
        return Stream(changes(self._world, self._tail), ping=20, headers={"Cache-Control": "no-store"})

    async def sit(self, request: Request) -> Response:
        """Somebody else sits down at a desk, in the same kind of room where they have it."""
        desk = self._desk(request)
        state = self._state(request)
        handle = request.query_params.get("who", "")
        if handle in self._world.chat.people:
            person = self._world.chat.people[handle]
            room = room_of(self._world.chat, person, state.seat(desk).room)
            state = state.sit(desk, Seat(handle, room.key))
        return await self._updated(request, state, visit=True, push=True)

    async def stretch(self, request: Request) -> Response:
        """Other messages of a long room: those that end with `until`, or the newest."""
        window = Window(until=request.query_params.get("until") or None)
        return await self._updated(request, windows={self._desk(request): window})

    # Acting in the chat

    async def say(self, request: Request) -> Response:
        """Writes a message, or runs a command."""
        form, state, person = await self._given(request)
        text, files = last_of(form, "text").strip(), await read_files(request)
        if text.startswith("/") and not last_of(form, "thread") and not is_command(self._world.chat, text):
            self._world.chat.toast(person.id, "no_command", text)
        elif text or files:
            room = room_of(self._world.chat, person, state.seat(self._desk(request)).room)
            channel = room.channel.id if room.channel else None
            human, thread = self._director.people, last_of(form, "thread") or None
            if text.startswith("/") and not thread:
                await self._do(person, "command", human.command(person.handle, text, channel))
            else:
                await self._do(person, "say", human.say(person.handle, text, channel, thread, files))
        return await self._updated(request, state)

    async def ask(self, request: Request) -> Response:
        """Shows the confirm dialog of what was pressed."""
        form, state, person = await self._given(request)
        press = read_press(form)
        element = find_element(self._world.chat, person, press)
        if element is None or not element.get("confirm"):
            return await self._updated(request, state)
        reader = self._reader(person, self._desk(request))
        return await self._updated(request, state, extra=[question(element["confirm"], press.as_form(), reader)])

    async def click(self, request: Request) -> Response:
        """Presses a button, picks an option or a date."""
        form, state, person = await self._given(request)
        press = read_press(form)
        element = find_element(self._world.chat, person, press) or {}
        await self._do(person, "click", self._press(person, press, element))
        url, desk = address_of(element, press.values), self._desk(request)
        following = follow(state, url, desk, person.handle)
        extra = [no_question(desk, swap=True)]
        response = await self._updated(request, following, extra=extra, push=following != state)
        if url.startswith(self._director.coze.base_url):
            response.set_cookie(ACCOUNT_COOKIE, person.handle, samesite="strict")  # whose browser opens Coze's page
        return response

    def _press(self, person: Person, press: Press, element: Mapping[str, Any]) -> Awaitable[Answer]:
        is_button = element.get("type") == "button"
        return self._director.people.click(
            person.handle,
            label=str(element["text"]["text"]) if is_button else None,
            action_id=press.action_id,
            ts=press.at,
            channel=press.channel or None,
            confirm=press.confirm,
            value=str(element.get("value", "")) if is_button else read_value(element or {"type": ""}, press.values),
        )

    async def suggest(self, request: Request) -> Response:
        """Asks the app for the options of a menu, for what was typed so far."""
        form, _, person = await self._given(request)
        press = read_press(form)
        element = find_element(self._world.chat, person, press)
        query = press.values[-1] if press.values else ""
        if element is None or not long_enough(element, query):
            return HTMLResponse("", headers=HEADERS)
        answer = await self._director.people.suggest(person.handle, press.action_id, query)
        spot = Spot(self._reader(person, self._desk(request)), Place(press.at, press.channel), press.block)
        select_id = request.headers.get("HX-Trigger", "").removesuffix("_q")
        return HTMLResponse(str(suggested(select_id, answer.get("options", []), spot)), headers=HEADERS)

    async def submit(self, request: Request) -> Response:
        """Submits the top modal; what the app objects to appears at the fields."""
        form, state, person = await self._given(request)
        stack = self._world.chat.modals.get(person.id)
        if stack:
            fields = read_fields(stack[-1].payload.get("blocks", []), form)
            await self._do(person, "submit", self._director.people.submit(person.handle, fields))
        return await self._updated(request, state)

    async def close(self, request: Request) -> Response:
        """Closes the top modal."""
        _, state, person = await self._given(request)
        await self._director.people.close(person.handle)
        return await self._updated(request, state)

    async def shortcut(self, request: Request) -> Response:
        """Runs a global shortcut."""
        form, state, person = await self._given(request)
        callback_id = last_of(form, "callback_id")
        await self._do(person, "shortcut", self._director.people.shortcut(person.handle, callback_id))
        return await self._updated(request, state)

    async def hide(self, request: Request) -> Response:
        """Dismisses a message that only this person sees."""
        form, state, person = await self._given(request)
        workspace = self._world.chat
        message = workspace.message(last_of(form, "channel"), last_of(form, "ts"))
        if message and message.only_for == person.id:
            workspace.remove(message)
        return await self._updated(request, state)

    async def toast(self, request: Request) -> Response:
        """Dismisses a failure."""
        form, state, _ = await self._given(request)
        self._drop_toast(last_of(form, "id"))
        return await self._updated(request, state)

    async def again(self, request: Request) -> Response:
        """Tries a failed command once more."""
        form, state, person = await self._given(request)
        dropped = self._drop_toast(last_of(form, "id"))
        if dropped and may_repeat(dropped):
            room = room_of(self._world.chat, person, state.seat(self._desk(request)).room)
            channel = room.channel.id if room.channel else None
            await self._do(person, "command", self._director.people.command(person.handle, dropped.about, channel))
        return await self._updated(request, state)

    # Acting on the playground

    async def clock(self, request: Request) -> Response:
        """Moves simulated time on, by seconds or to the bot's next due jobs."""
        form = await read_form(request)
        clock = self._world.clock
        if last_of(form, "to") == "next":
            due = await clock.due()
            if due and due > clock.now():
                clock.move_to(due)
        elif last_of(form, "advance").isdigit():
            clock.advance(timedelta(seconds=min(int(last_of(form, "advance")), 366 * 86400)))
        self._world.chat.changed()
        return await self._updated(request)

    async def fault(self, request: Request) -> Response:
        """Arms one fault, or none."""
        target, _, kind = last_of(await read_form(request), "fault").partition(":")
        self._world.clear_faults()
        if (target, kind) == ("slack", SlackFault.DISCONNECT):
            await self._director.apps.disconnect(1, None)
        elif kind in list(KINDS.get(target, ())):
            self._world.faults[target].set(kind)
        self._world.chat.changed()
        return await self._updated(request)

    async def reset(self, request: Request) -> Response:
        """Starts a scenario anew."""
        await self._director.reset(last_of(await read_form(request), "seed") or None)
        self._fresh.clear()
        self._world.chat.changed()
        response = await self._updated(request, visit=True)
        response.background = self._opened(self._state(request), None)
        return response

    async def coze(self, request: Request) -> Response:
        """Plays a person on Coze's website."""
        state, deed = self._state(request), read_deed(await read_form(request))
        answer = {"ok": False} if deed.lacks else await self._director.coze.act(deed.path, deed.body) or {}
        self._world.chat.changed()
        response = await self._updated(request, state, extra=[outcome(answer, deed, state)])
        response.headers["X-Done"] = "1" if answer.get("ok") else "0"
        return response

    # Shared

    async def _given(self, request: Request) -> tuple[Form, State, Person]:
        state = self._state(request)
        return await read_form(request), state, self._person(state, self._desk(request))

    def _desk(self, request: Request) -> int:
        return 2 if request.path_params["desk"] == 2 else 1

    def _state(self, request: Request, address: str | None = None) -> State:
        """The state of the address that the browser is at, for people who exist."""
        at = address or request.headers.get("HX-Current-URL", "")
        state = read_state(at, request.cookies, request.headers.get("Accept-Language", ""))
        for desk, default in enumerate(self._director.setup.seats, 1):
            state = state.sit(desk, self._seat(state.seat(desk), read_seat(default)))
        return state

    def _seat(self, wanted: Seat, default: Seat) -> Seat:
        """A seat with somebody who exists in a room that has a name, whatever the address leaves open."""
        people = self._world.chat.people
        who = next((name for name in (wanted.who, default.who) if name in people), next(iter(people)))
        return Seat(who, wanted.room or default.room or "dm")

    def _person(self, state: State, desk: int) -> Person:
        return self._world.chat.people[state.seat(desk).who]

    def _reader(self, person: Person, desk: int) -> Reader:
        return Reader(self._world.chat, person, self._world.clock.now(), desk)

    def _look(self, state: State, *, visit: bool, narrow: bool = False) -> dict[int, Look]:
        """Mark the shown rooms as read. A visit draws the line above what was new; updates leave it there."""
        looks: dict[int, Look] = {}
        for desk, seat in enumerate(state.seats, 1):
            person = self._person(state, desk)
            room = room_of(self._world.chat, person, seat.room)
            if room.channel is None or (narrow and desk != state.desk):
                continue
            key = (person.id, room.channel.id)
            first = look(self._world.chat, person, room.channel)
            if visit and (first or key not in self._fresh):
                self._fresh[key] = first
            looks[desk] = Look(self._fresh.get(key))
        return looks

    async def _page(self, state: State, looks: Mapping[int, Look]) -> Page:
        world = self._world
        people = (self._person(state, 1), self._person(state, 2))
        armed = tuple(f"{side}:{one['kind']}" for side, faults in world.faults.items() for one in faults.active)
        due, now, scenarios = await world.clock.due(), world.clock.now(), self._director.setup.scenarios
        frame = Frame(state, people, now, due if due and due > now else None, armed, scenarios, world.scenario)
        readers = (self._reader(people[0], 1), self._reader(people[1], 2))
        return Page(frame, readers, looks, self._drawings, world.coze, self._outside())

    def _outside(self) -> Outside:
        return Outside(self._tail.lines, STORY if self._director.setup.story else None)

    async def _updated(
        self,
        request: Request,
        state: State | None = None,
        *,
        visit: bool = False,
        push: bool = False,
        extra: list[Any] | None = None,
        windows: Mapping[int, Window] | None = None,
    ) -> Response:
        """The parts that differ from what the browser says it shows."""
        state = state or self._state(request)
        known = read_known(request.headers.get("X-Parts", ""))
        looks = self._look(state, visit=visit, narrow=request.headers.get("X-Narrow") == "1")
        shown = read_windows(request.headers.get("X-Windows", ""), known)
        for desk, one in looks.items():
            room, window = shown.get(desk, ("", Window()))
            window = (windows or {}).get(desk) or (window if room == str(state.seat(desk)) else Window())
            looks[desk] = replace(one, window=window)
        page = await self._page(state, looks)
        swaps = update(page.parts(), known)
        drawn = Markup("").join([swaps, *(Markup(one) for one in extra or [])])  # noqa: S704 (drawn by htpy)
        response = HTMLResponse(drawn, headers=HEADERS)
        if push:
            response.headers["HX-Push-Url"] = state.path()
        if visit:
            response.background = self._opened(state, self._state(request))
        return response

    def _opened(self, state: State, before: State | None) -> BackgroundTasks:
        """Tell the app which of its tabs were opened, once the answer is out. A page load counts for Home alone."""
        opened = BackgroundTasks()
        for desk, seat in enumerate(state.seats, 1):
            person = self._person(state, desk)
            room = room_of(self._world.chat, person, seat.room)
            turned = before is not None and before.seat(desk) != seat
            if room.is_home and (turned or before is None):
                opened.add_task(self._director.people.home, person.handle)
            elif room.app and turned:
                opened.add_task(self._director.people.home, person.handle, "messages")
        return opened

    async def _do(self, person: Person, what: str, deed: Awaitable[Answer]) -> None:
        """Wait for what a person does. A refusal is always seen: as a toast, unless the chat or a field shows it."""
        workspace = self._world.chat
        before = workspace.toasts[-1:]
        answer = await deed
        shown = answer.get("errors") or workspace.toasts[-1:] != before
        if not answer.get("ok", True) and not shown:
            workspace.toast(person.id, "impossible", what, str(answer.get("error", "")))

    def _drop_toast(self, toast_id: str) -> Toast | None:
        toasts = self._world.chat.toasts
        found = next((toast for toast in toasts if str(toast.id) == toast_id), None)
        if found:
            toasts.remove(found)
            self._world.chat.changed()
        return found
