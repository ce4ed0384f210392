"""The human side over HTTP: what a test, a drill or the page lets people do, one route for each."""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from . import intake
from .director import Director
from .slack.encoding import load
from .world.chat import ELSEWHERE, Call, Json, Person
from .world.coze import ReceivedCall
from .world.faults import SlackFault

CENTURY = 3.2e9  # seconds
MOVES = 'say {"advance": seconds}, {"to": time}, {"to": "next"} or {"chat_ahead": seconds}'
WAIT_SECONDS = 60.0  # so long a clock poll may wait
DEEDS = ("command", "say", "click", "submit", "close", "home", "shortcut", "suggest", "membership", "archive")
KINDS: dict[str, tuple[type, ...]] = {
    "confirm": (bool,),
    "all": (bool,),
    "inside": (bool,),
    "archived": (bool,),
    "fields": (dict,),
    "files": (list,),
    "value": (object,),
}


class BadRequest(Exception):
    """A request that isn't understood; the text says why."""


Endpoint = Callable[[Request], Awaitable[Json]]


class HumanSide:
    """All routes under human/."""

    def __init__(self, director: Director) -> None:
        self._director, self._world = director, director.world

    def routes(self) -> list[BaseRoute]:
        """The table of contents."""
        table: dict[str, dict[str, Endpoint]] = {name: {"POST": self._deed(name)} for name in DEEDS}
        table |= {
            "screen": {"GET": self._screen},
            "clock": {"GET": self._clock, "POST": self._move_clock},
            "fault": {"GET": self._faults, "POST": self._set_fault, "DELETE": self._clear_faults},
            "user": {"POST": self._user},
            "apps": {"POST": self._apps},
            "reset": {"POST": self._reset},
            "calls": {"GET": self._calls},
            "coze/actions": {"GET": self._coze_actions},
            "coze/{path:path}": {"POST": self._coze},
        }
        routes: list[BaseRoute] = [
            Route(f"/human/{path}", told(endpoint), methods=[method])
            for path, endpoints in table.items()
            for method, endpoint in endpoints.items()
        ]
        return [*routes, Route("/human/story", self._story, methods=["GET"])]

    def _deed(self, name: str) -> Endpoint:
        method = getattr(self._director.people, name)
        signature = inspect.signature(method)

        async def deed(request: Request) -> Json:
            body = await body_of(request)
            try:
                signature.bind(**body)
            except TypeError as problem:
                takes = ", ".join(
                    f"{p.name}{'' if p.default is p.empty else '?'}" for p in signature.parameters.values()
                )
                raise BadRequest(f"{name} takes {{{takes}}}: {problem}") from None
            for field, value in body.items():
                wanted = KINDS.get(field, (str,))
                if value is not None and not isinstance(value, wanted):
                    raise BadRequest(f"{field} must be {wanted[0].__name__}")
            answer: Json = await method(**body)
            return answer

        return deed

    async def _screen(self, request: Request) -> Json:
        who = request.query_params.get("who")
        if not who:
            raise BadRequest("say whose screen: ?who=mei")
        newest = request.query_params.get("newest", "")
        if newest and not (newest.isdecimal() and int(newest)):
            raise BadRequest("newest must be a whole number of messages")
        return await self._director.people.screen(who, int(newest) if newest else None)

    # The clock

    async def _clock(self, request: Request) -> Json:
        clock, query = self._world.clock, request.query_params
        if "next_due" in query:
            clock.report(_moment(query["next_due"]) if query["next_due"] else None)
        if "known" in query:
            known, wait = _seconds(query["known"]), _seconds(query.get("wait", "0"))
            await clock.moved(timedelta(seconds=known), min(wait, WAIT_SECONDS))
        return await self._time()

    async def _time(self) -> Json:
        clock = self._world.clock
        due = await clock.due()
        return {
            "ok": True,
            "now": clock.now().isoformat(),
            "chat_ahead": self._world.chat.skew.total_seconds(),
            "offset": clock.offset.total_seconds(),
            "next": due.isoformat() if due else None,
        }

    async def _move_clock(self, request: Request) -> Json:
        body, clock = await body_of(request), self._world.clock
        try:
            if "advance" in body:
                clock.advance(timedelta(seconds=_seconds(body["advance"])))
            elif body.get("to") == "next":
                due = await clock.due()
                if due is None:
                    return {"ok": False, "error": "nothing is due"}
                clock.advance(max(due - clock.now(), timedelta(0)))
            elif "to" in body:
                clock.move_to(_moment(body["to"]))
            elif "chat_ahead" in body:
                self._world.chat.run_ahead(timedelta(seconds=_seconds(body["chat_ahead"])))
            else:
                raise BadRequest(MOVES)
        except (ValueError, OverflowError) as problem:
            return {"ok": False, "error": str(problem)}
        self._world.chat.changed()
        return await self._time()

    # Faults, people and apps

    async def _faults(self, _: Request) -> Json:
        return {"ok": True, **{side: faults.active for side, faults in self._world.faults.items()}}

    async def _set_fault(self, request: Request) -> Json:
        body = await body_of(request)
        if set(body) - {"target", "kind", "times", "method", "delay", "share"}:
            raise BadRequest("fault takes {target, kind, times?, method?, delay?, share?}")
        target, kind, times = str(body.get("target")), str(body.get("kind")), body.get("times")
        if target not in self._world.faults:
            raise BadRequest(f"target must be one of {', '.join(self._world.faults)}")
        if times is not None and not isinstance(times, int):
            raise BadRequest("times must be a whole number")
        delay = None if body.get("delay") is None else _seconds(body["delay"])
        share = 1.0 if body.get("share") is None else _seconds(body["share"])
        if (target, kind) == ("slack", SlackFault.DISCONNECT):
            reason = str(body.get("method") or "refresh_requested")
            return await self._director.apps.disconnect(1 if times is None else times, delay, reason)
        try:
            self._world.faults[target].set(kind, times, body.get("method"), delay, share)
        except ValueError as problem:
            return {"ok": False, "error": str(problem)}
        return {"ok": True}

    async def _clear_faults(self, _: Request) -> Json:
        self._world.clear_faults()
        return {"ok": True}

    async def _user(self, request: Request) -> Json:
        body = await body_of(request)
        who = str(body.pop("who", ""))
        if not who:
            raise BadRequest(
                "say who: {who, deleted?, restricted?, locale?, tz?, name?, grid?, told?, new?, bot?, stranger?}"
            )
        if wrong := intake.complaints(intake.PERSON, body):
            raise BadRequest(wrong)
        human = self._director.people
        if body.pop("new", False):
            return await human.arrive(self._newcomer(who, body))
        return await human.change(who, **body)

    def _newcomer(self, who: str, body: Json) -> Person:
        workspace = self._world.chat
        if who in workspace.people or not who.isalnum():
            raise BadRequest(f"{who!r} is taken or not a plain word")
        name, locale, tz = (str(body.get(part) or "") for part in ("name", "locale", "tz"))
        return Person(
            who,
            f"U0{who.upper()}",
            name or who,
            locale or "zh-CN",
            tz or "Asia/Shanghai",
            restricted=bool(body.get("restricted")),
            bot=bool(body.get("bot")),
            team_id=ELSEWHERE if body.get("stranger") else workspace.team_id,
            face=(name or who)[0],
            grid=bool(body.get("grid")),
            told=body.get("told") or {},
        )

    async def _apps(self, request: Request) -> Json:
        body = await body_of(request)
        if wrong := intake.complaints(intake.APP, body):
            raise BadRequest(wrong)
        try:
            return await self._director.apps.register(body)
        except ValueError as problem:
            raise BadRequest(str(problem)) from None

    async def _reset(self, request: Request) -> Json:
        body = await body_of(request)
        try:
            stopped = await self._director.reset(None if body.get("seed") is None else str(body["seed"]))
        except ValueError as problem:
            return {"ok": False, "error": str(problem)}
        answer = {"ok": stopped is None, "seed": self._world.scenario}
        return answer if stopped is None else answer | {"error": f"the scenario stopped: {stopped}"}

    async def _calls(self, request: Request) -> Json:
        since, side = int(_seconds(request.query_params.get("since", "0"))), request.query_params.get("side", "slack")
        sides: dict[str, Iterable[Call | ReceivedCall]] = {
            "slack": self._world.chat.calls,
            "coze": self._world.coze.calls,
        }
        if side not in sides:
            raise BadRequest(f"side must be one of {', '.join(sides)}")
        calls = [vars(call) for call in sides[side] if call.n > since]
        return {"ok": True, "calls": calls, "next": calls[-1]["n"] if calls else since}

    async def _story(self, _: Request) -> Response:
        """What was done since the scenario began, as the source of a test."""
        story = self._director.story()
        if story is None:
            return JSONResponse({"ok": False, "error": "nobody said how a story is written"}, 404)
        return PlainTextResponse(story, media_type="text/x-python; charset=utf-8")

    # Coze's own website

    async def _coze_actions(self, _: Request) -> Json:
        return {"ok": True, "actions": self._director.coze.actions}

    async def _coze(self, request: Request) -> Json:
        return await self._director.coze.act(request.path_params["path"], await body_of(request))


def told(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """Answers as JSON; what is not understood is 400 with words."""

    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await endpoint(request))
        except BadRequest as problem:
            return JSONResponse({"ok": False, "error": str(problem)}, 400)

    return answer


async def body_of(request: Request) -> Json:
    """The JSON object in a request; nothing counts as an empty one. Raises BadRequest."""
    raw = await request.body()
    try:
        body = load(raw) if raw else {}
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    return body


def _seconds(value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        raise BadRequest(f"{value!r} is not a number") from None
    if not abs(seconds) <= CENTURY:
        raise BadRequest(f"{value!r} is no number of seconds that anybody lives to see")
    return seconds


def _moment(value: Any) -> datetime:
    """An ISO time, UTC unless it says otherwise."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadRequest(f"{value!r} is not a time such as 2026-12-01T09:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
