"""One dispatch for both transports: a payload comes in, an ack and at most one after-ack coroutine go out."""

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeGuard

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import real
from bot.core.errors import BotError, Duplicate, InvalidFields, NotFound, Unreachable
from bot.core.people import Person
from bot.logs import secret_kind
from bot.services.overview import Facts, Overview
from bot.services.people import People
from bot.slack import words
from bot.slack.decide import Decide
from bot.slack.events import Events
from bot.slack.replies import After, Replies, Spot
from bot.slack.send import Sender
from bot.slack.table import Accept, Below, Call, Entry, Refuse, Replace, Reply, Say, Table, View
from bot.slack.views import answers
from bot.slack.views.leak import leak
from bot.slack.views.parts import asked
from bot.store.database import Database
from bot.texts import Reader

log = logging.getLogger(__name__)

Json = dict[str, Any]
ANY = re.compile(".*", re.DOTALL)
FALLBACK_ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Ack:
    """What the transport sends back at once, and what it runs and awaits afterwards."""

    status: int
    body: Json | str
    after: After | None = None


@dataclass(frozen=True)
class Taken:
    """What a listener answers: the body of the ack, if it has one, and what follows the ack."""

    body: Json | None = None
    after: After | None = None


def _listener(handle: Callable[[Json], Awaitable[Taken]]) -> Callable[..., Awaitable[None]]:
    async def listen(ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        context["taken"] = await handle(body)
        await ack()

    return listen


def _readable(body: Json) -> bool:
    """Whether a payload has the shape that its kind has in Slack's documentation, as far as anybody reads it."""
    match body:
        case {"command": str(), "user_id": str(), "trigger_id": str()}:
            return True
        case {"type": "event_callback", "event_id": str(), "event": {"type": str()}}:
            return True
        case {"type": "block_actions", "user": {"id": str()}, "actions": [{"action_id": str()}, *_]}:
            return True
        case {
            "type": "view_submission",
            "user": {"id": str()},
            "view": {"id": str(), "type": str(), "callback_id": str(), "state": {"values": {}}, "blocks": [*_]},
        }:
            return True
        case {"type": "shortcut", "user": {"id": str()}, "trigger_id": str(), "callback_id": str()}:
            return True
        case {"type": "view_closed" | "message_action" | "block_suggestion"}:
            return True
    return False


async def _nothing(body: Json) -> Taken:
    return Taken()


class Dispatch:
    """Hands each delivery to Bolt, and from Bolt's few listeners to the table."""

    def __init__(
        self,
        client: AsyncWebClient,
        identity: AuthorizeResult,
        db: Database,
        people: People,
        overview: Overview,
        sender: Sender,
        table: Table,
        decide: Decide,
        events: Events,
    ) -> None:
        self._overview = overview
        self._db, self._people, self._sender, self._table = db, people, sender, table
        self._decide, self._events, self._replies = decide, events, Replies(sender)
        self._team = str(identity.team_id)
        self._bolt = self._listeners(client, identity)
        self._running: set[asyncio.Task[None]] = set()

    async def __call__(self, body: Json, headers: dict[str, str] | None = None) -> Ack:
        """Handle one payload. An unexpected failure is answered with its short id; one of no known shape with 400."""
        if not _readable(body):
            log.warning("payload of no known shape: %s", str(body.get("type"))[:40])
            return Ack(400, "")
        request = AsyncBoltRequest(mode="socket_mode", body=body, headers=dict(headers or {}))
        answer = await self._bolt.async_dispatch(request)
        taken: Taken | None = request.context.get("taken")
        if taken is None:  # no listener wanted it, or one failed
            return Ack(answer.status, str(answer.body))
        return Ack(answer.status, taken.body or "", taken.after)

    def spawn(self, after: After | None) -> None:
        """Run what follows the ack; `drain` waits for it."""
        if after:
            task = asyncio.create_task(self._guarded(after))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def drain(self, seconds: float) -> None:
        """Wait for everything that runs after its ack, so long at most; what is left is dropped: it holds no fact."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _guarded(self, after: After) -> None:
        try:
            await after()
        except Exception:
            log.exception("after the ack: failed")

    def _listeners(self, client: AsyncWebClient, identity: AuthorizeResult) -> AsyncApp:
        async def authorize(**_: Any) -> AuthorizeResult:
            return identity  # asked once at start: no outside call before an ack

        app = AsyncApp(
            name="sharge",  # else Bolt reads the whole call stack's source to find one, a tenth of the start
            client=client,
            authorize=authorize,
            process_before_response=True,
            request_verification_enabled=False,  # the front door has verified the raw bytes,
            ssl_check_enabled=False,  # and answers what Slack asks of the address itself
            url_verification_enabled=False,
            attaching_function_token_enabled=False,  # the app has no workflow steps
            ignoring_self_events_enabled=True,
        )
        app.command(ANY)(_listener(self._command))
        app.action(ANY)(_listener(self._action))
        app.view(ANY)(_listener(self._form))
        app.event(ANY)(_listener(self._event))
        app.shortcut(ANY)(_listener(self._shortcut))
        for ignored in (app.view_closed, app.options):
            ignored(ANY)(_listener(_nothing))
        return app

    async def _event(self, body: Json) -> Taken:
        try:
            async with self._db.write(self._team, str(body["event_id"])) as tx:
                await self._events.keep(tx, body["event"])
        except Duplicate:
            return Taken()
        return Taken(after=self._events.handler(body["event"], self._run_text))

    async def _command(self, body: Json) -> Taken:
        entry = self._table.commands.get(words.split(str(body.get("text", "")))[0])
        if entry is None or entry.writes:
            return await self._answered(body, entry, str(body["trigger_id"]))
        # What only reads is answered while it is remembered: one wait instead of two on the way to the ack.
        answering = asyncio.create_task(self._answered(body, entry, ""))
        try:
            await self._remember(str(body["trigger_id"]))
        except Duplicate:
            return Taken()
        finally:
            taken = await answering
        return taken

    async def _answered(self, body: Json, entry: Entry | None, once: str) -> Taken:
        """A typed command's answer; `once` is remembered by what it writes."""
        user, text = str(body["user_id"]), str(body.get("text", ""))
        spot = Spot(str(body["trigger_id"]), str(body.get("response_url", "")))

        async def run(who: Person, facts: Facts | None = None) -> Reply:
            return await self._run_text(who, text, once, facts)

        who, facts = await self._overview.of(user)
        if not _known_enough(who, entry):
            return Taken(after=self._introduced(user, run, spot))
        reply = await run(who, facts)
        if isinstance(reply, Say):
            return Taken({"response_type": "ephemeral", **reply.card.payload()})
        return Taken(after=self._replies.after(reply, who, self.reader(who), spot))

    async def _shortcut(self, body: Json) -> Taken:
        """A shortcut does what its command does: `command.<verb>`."""
        user, trigger, name = str(body["user"]["id"]), str(body["trigger_id"]), str(body["callback_id"])

        async def run(who: Person) -> Reply:
            call = Call(who, self.reader(who), trigger)
            return await self._run(entry, call)

        who, entry = await self._people.known(user), self._table.commands.get(name.partition(".")[2])
        spot = Spot(trigger)
        if not _known_enough(who, entry):
            return Taken(after=self._introduced(user, run, spot))
        return Taken(after=self._replies.after(await run(who), who, self.reader(who), spot))

    async def _action(self, body: Json) -> Taken:
        action, user = body["actions"][0], str(body["user"]["id"])
        action_id = str(action.get("action_id", ""))
        if action_id.startswith("open."):
            return Taken()  # a link: the person is there already
        spot, place = _spot(body), _place(body)

        async def run(who: Person) -> Reply:
            call = Call(who, self.reader(who), spot.trigger, _value(action), response_url=spot.url, **place)
            return await self._run(entry, call, action_id)

        entry, who = self._pressed(action_id), await self._people.known(user)
        if who is None and entry and entry.admin:
            who = self._people.unmet(user)  # the press is kept as work before the ack; it asks who this is
        if not _known_enough(who, entry):
            return Taken(after=self._introduced(user, run, spot))
        return Taken(after=self._replies.after(await run(who), who, self.reader(who), spot))

    def _pressed(self, action_id: str) -> Entry | None:
        if action_id.startswith("command."):
            return self._table.commands.get(action_id.partition(".")[2])
        return self._table.actions.get(action_id)

    async def _form(self, body: Json) -> Taken:
        view, user = body["view"], str(body["user"]["id"])
        who = await self._people.known(user)
        if who is None:
            after = self._acquaint(user)
            return Taken(_errors(view, {"": answers.refusal(Unreachable(), self._stranger()).text}), after)
        once, callback = str(body.get("trigger_id") or view["id"] + view["hash"]), str(view["callback_id"])
        metadata = str(view.get("private_metadata", ""))
        call = Call(who, self.reader(who), once, values=view["state"]["values"], metadata=metadata, view=view)
        reply = await self._run(self._table.forms.get(callback), call, callback)
        match reply:
            case Refuse(errors):
                return Taken(_errors(view, errors))
            case Replace(new, then):
                rest = Below(str(view["id"]), then) if then else Accept()
                body = {"response_action": "update", "view": new}
                return Taken(body, self._replies.after(rest, who, call.reader))
            case Say(card):
                return Taken({"response_action": "update", "view": answers.told(card, call.reader)})
        return Taken(after=self._replies.after(reply, who, call.reader))

    async def _run_text(self, who: Person, text: str, once: str, facts: Facts | None = None) -> Reply:
        """A command's words, typed after `/sharge` or in a DM."""
        if kind := secret_kind(text):  # never looked up, never repeated as an unknown word
            return Say(leak(kind, self.reader(who), typed=True))
        verb, rest = words.split(text)
        call = Call(who, self.reader(who), once, rest, facts=facts)
        entry = self._table.commands.get(verb)
        if entry is None:
            await self._remember(call.once)
            return Say(answers.unknown(verb, words.guess(verb), call.reader, rest))
        return await self._run(entry, call)

    async def _run(self, entry: Entry | None, call: Call, name: str = "") -> Reply:
        """One row of the table, and every way in which it can fail."""
        try:
            if entry is None:
                raise NotFound
            if entry.admin:
                return await self._decide.run("form" if entry.objection else "action", name, entry, call)
            if not entry.writes:
                await self._remember(call.once)
            return await entry.handler(call)
        except Duplicate:
            return Accept()
        except InvalidFields as error:
            wording = entry.objection if entry else None
            problems = error.problems if wording else []
            return Refuse({p.where: wording(p, call.reader) for p in problems if wording})
        except BotError as error:
            return Say(answers.refusal(error, call.reader))
        except Exception as error:
            return self._unexpected(entry, call, error)

    def _unexpected(self, entry: Entry | None, call: Call, error: Exception) -> Reply:
        number = secrets.token_hex(4)
        log.error("unexpected, %s", number, exc_info=error)
        card = answers.unexpected(number, call.reader)
        return Refuse({"": card.text}) if entry and entry.objection else Say(card)

    async def _remember(self, once: str) -> None:
        """Raises Duplicate."""
        if once:
            await self._db.once(self._team, once)

    def _introduced(self, user: str, run: Callable[[Person], Awaitable[Reply]], spot: Spot) -> After:
        """For somebody whom we don't know well enough: ask Slack who they are, then do what they wanted."""

        async def meet() -> None:
            try:
                who = await self._people.refresh(user)
            except Unreachable as error:
                reader = self._stranger()
                await self._replies.say(answers.refusal(error, reader), user, reader, spot)
                return
            reply = await run(who)
            if after := self._replies.after(reply, who, self.reader(who), spot):
                await after()

        return meet

    def _acquaint(self, user: str) -> After:
        async def meet() -> None:
            await self._people.refresh(user)

        return meet

    def _stranger(self) -> Reader:
        return Reader(self._people.default, FALLBACK_ZONE)

    def reader(self, who: Person) -> Reader:
        """The language and zone to answer this person in."""
        return Reader(who.language(self._people.default), who.tz)


def _value(action: Json) -> str:
    chosen = action.get("selected_option") or {}
    return str(action.get("value") or chosen.get("value") or action.get("selected_user") or "")


def _known_enough(who: Person | None, entry: Entry | None) -> TypeGuard[Person]:
    """Whether what we remember of them will do: for what shows more to admins, only if it is of this minute."""
    return who is not None and not (entry and entry.today and not who.fresh(real()))


def _spot(body: Json) -> Spot:
    """Where the answer to a pressed button goes."""
    view = body.get("view") or {}
    modal = str(view.get("id") or "") if view.get("type") == "modal" else ""
    return Spot(str(body.get("trigger_id", "")), str(body.get("response_url", "")), modal)


def _place(body: Json) -> dict[str, Any]:
    """What a pressed button stands in: a message, Home or a form."""
    view, container = body.get("view") or {}, body.get("container") or {}
    fleeting = view.get("type") == "modal" or bool(container.get("is_ephemeral"))
    return {"view": view, "fleeting": fleeting, "elsewhere": str(container.get("channel_id", "D"))[:1] != "D"}


def _errors(view: View, errors: dict[str, str]) -> Json:
    """The ack that keeps a form open. What belongs to no field of it stands at the first one."""
    fields = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    known = {field: errors[asked(field)] for field in fields if asked(field) in errors}
    return {"response_action": "errors", "errors": known or {fields[0]: next(iter(errors.values()))}}
