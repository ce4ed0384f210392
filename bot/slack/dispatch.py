"""One dispatch for both transports: a payload comes in, an ack and at most one coroutine after it go out."""

import asyncio
import logging
import re
import time
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot import traces
from bot.core.errors import BotError, Duplicate
from bot.logs import Outages
from bot.metrics import ACK, DELIVERIES, Kind, Outcome
from bot.slack.connection import Connection, Identity
from bot.slack.events import Events
from bot.slack.happenings import Event, Ignored, Parsed
from bot.slack.pipeline import Answered, Pipeline
from bot.slack.replies import PostAck, Replies
from bot.slack.router import (
    Ack,
    Command,
    Ephemeral,
    FieldErrors,
    Press,
    Request,
    Submission,
    Suggestion,
    Suggestions,
    UpdateModal,
)
from bot.slack.router import Delivery as Named
from bot.slack.views import answers
from bot.slack.wire import NoKnownShape, parse
from bot.store.database import Database, Delivery, handling

log = logging.getLogger(__name__)

Json = dict[str, Any]
ANY = re.compile(".*", re.DOTALL)
DELIVERED = "delivered"


KINDS = {Command: Kind.COMMAND, Press: Kind.PRESS, Submission: Kind.FORM, Suggestion: Kind.MENU, Event: Kind.EVENT}


@dataclass(frozen=True)
class Reply:
    """What the transport sends back at once, and what it runs and awaits afterwards; what was delivered, and what
    became of it."""

    status: int
    body: Json | str = ""
    after: PostAck | None = None
    outcome: Outcome = Outcome.DONE
    kind: Kind = Kind.OTHER


class Dispatch:
    """Parses each delivery, hands it to Bolt, and from Bolt's few listeners to the pipeline."""

    def __init__(
        self,
        slack: Connection,
        db: Database,
        pipeline: Pipeline,
        replies: Replies,
        events: Events,
    ) -> None:
        slack.hearing.listens = True
        self._db, self._pipeline, self._replies, self._events = db, pipeline, replies, events
        self._identity, self._team, self._app = slack.identity, slack.team, slack.app
        self._bolt = _bolt(slack.client, slack.identity, self._taken)
        self._running: set[asyncio.Task[Any]] = set()
        self._outages = Outages()

    async def __call__(self, body: Json, headers: dict[str, str] | None = None) -> Reply:
        """Handle one payload. One of no known shape is answered with 400, an event that failed with 500."""
        began = time.perf_counter()
        with traces.span("delivery", "server"):
            reply = await self._replied(body, headers)
            traces.tell(f"delivery {reply.kind}", outcome=str(reply.outcome))
        asyncio.get_running_loop().call_soon(_measure, reply, time.perf_counter() - began)  # the ack leaves first
        return reply

    async def _replied(self, body: Json, headers: dict[str, str] | None) -> Reply:
        try:
            delivered = parse(body)
        except NoKnownShape as error:
            log.warning("payload of no known shape: %s", error)
            return Reply(400, outcome=Outcome.MALFORMED)
        return replace(await self._parsed(delivered, body, headers), kind=KINDS.get(type(delivered), Kind.OTHER))

    async def _parsed(self, delivered: Parsed, body: Json, headers: dict[str, str] | None) -> Reply:
        if not self._is_ours(delivered.delivery):
            whose = delivered.delivery.team_id or "?", delivered.delivery.app_id or "?"
            log.warning("payload of another workspace or app: %s, %s", *whose)
            return Reply(200, outcome=Outcome.FOREIGN)
        if isinstance(delivered, Ignored):
            return Reply(200, outcome=Outcome.IGNORED)
        request = AsyncBoltRequest(
            mode="socket_mode", body=_for_bolt(body), headers=dict(headers or {}), context={DELIVERED: delivered}
        )
        answer = await self._bolt.async_dispatch(request)
        reply: Reply | None = request.context.get("reply")
        return reply or Reply(answer.status, str(answer.body or ""), outcome=Outcome.IGNORED)

    def _is_ours(self, named: Named) -> bool:
        """Whether it names no other app, workspace or organisation. Where Slack has not told us our app's id, the
        workspace alone decides.

        On an Enterprise Grid the app may be installed in the organisation: its deliveries name the organisation, and
        no workspace or whichever the person is in; what that person may is decided afterwards. An event may come from
        another workspace, and says for whose installation it is.
        """
        if self._app and named.app_id not in ("", self._app):
            return False
        if self._team in (named.team_id, *named.installed):
            return True
        if named.enterprise_id and (named.is_org_wide or not named.team_id):
            return named.enterprise_id == self._identity.enterprise_id
        return not named.team_id and not named.enterprise_id

    def spawn(self, after: PostAck | None) -> None:
        """Run what follows the ack; `drain` waits for it."""
        if after:
            task = asyncio.create_task(self._guarded(after))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def drain(self, seconds: float) -> None:
        """Wait for everything that runs after its ack, so long at most; what is left is dropped: it holds no fact."""
        running = self._running | self._pipeline.under_way
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _guarded(self, after: PostAck) -> None:
        try:
            await after()
        except BotError as error:  # Slack or Coze is away, or refuses: the next delivery tries again
            self._outages.tell(log, type(error), "after the ack: %s: %s", type(error).__name__, error)
        except Exception as error:
            self._db.log_failure(log, "after the ack: failed", error)

    async def _taken(self, delivered: Parsed) -> Reply:
        match delivered:
            case Event():
                return await self._event(delivered)
            case Ignored():
                return Reply(200, outcome=Outcome.IGNORED)
        answered = await self._pipeline.answer(delivered)
        return replace(self._reply(delivered, answered), outcome=answered.outcome)

    async def _event(self, event: Event) -> Reply:
        """An event's facts are kept with its key before the ack. What fails is told again: Slack repeats it."""
        if event.what is None or not self._events.lets_in(event.what):
            return Reply(200, outcome=Outcome.IGNORED)
        try:
            with handling(Delivery(self._team, event.delivery.idempotency_key)):
                async with self._db.write() as tx:
                    await self._events.keep(tx, event.what)
        except Duplicate:
            return Reply(200, outcome=Outcome.REPEATED)
        except Exception as error:
            self._db.log_failure(log, "an event is not kept, Slack repeats it", error)
            return Reply(500, outcome=Outcome.FAILED)
        return Reply(200, "", self._events.after(event.what))

    def _reply(self, request: Request, answered: Answered) -> Reply:
        """The body of the ack: a form's errors or its next view, and what a slash command is answered."""
        result, caller = answered.result, answered.caller
        match request, result:
            case Suggestion(), _:
                offered = result.options if isinstance(result, Suggestions) else ()
                return Reply(200, {"options": [each.to_dict() for each in offered]})
            case _, Ack(None):
                return Reply(200, "", answered.after)
            case Command(way="slash"), Ephemeral(card):
                return Reply(200, {"response_type": "ephemeral", **card.payload()}, answered.after)
            case Submission(), FieldErrors(errors):
                return Reply(200, {"response_action": "errors", "errors": dict(errors)}, answered.after)
            case Submission(), Ephemeral(card):
                view = answers.in_modal(card, caller.locale)
                return Reply(200, {"response_action": "update", "view": view}, answered.after)
            case Submission(), UpdateModal(view):
                after = self._replies.after(result, request, caller)
                return Reply(200, {"response_action": "update", "view": view}, after)
        return Reply(200, "", answered.after or self._replies.after(result, request, caller))


def _measure(reply: Reply, seconds: float) -> None:
    """One line for each delivery, with nothing that it held."""
    DELIVERIES.labels(reply.kind, reply.outcome).inc()
    ACK.labels(reply.kind).observe(seconds)
    told = {"kind": str(reply.kind), "outcome": str(reply.outcome), "ms": round(seconds * 1000)}
    log.info("delivery", extra=told)


def _bolt(client: AsyncWebClient, identity: Identity, taken: Any) -> AsyncApp:
    bot = {"bot_id": identity.bot_id, "bot_user_id": identity.bot_user_id, "bot_token": client.token}
    known = AuthorizeResult(enterprise_id=None, team_id=identity.team_id, **bot)

    async def authorize(**_: Any) -> AuthorizeResult:
        return known  # asked once at start: no outside call before an ack

    async def listen(ack: AsyncAck, context: AsyncBoltContext) -> None:
        context["reply"] = await taken(context[DELIVERED])
        await ack()

    quiet = logging.getLogger("slack_bolt.AsyncApp")
    quiet.setLevel(logging.ERROR)  # it warns of the token in the environment, which our own `authorize` stands for
    app = AsyncApp(
        logger=quiet,
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
    for kind in (app.command, app.action, app.view, app.event, app.shortcut, app.options):
        kind(ANY)(listen)
    return app


def _for_bolt(body: Json) -> Json:
    """What Bolt needs to find the listener, and to leave out the bot's own events.

    It reads more of a payload than it checks, and fails on shapes that it does not know.
    """
    event = body.get("event")
    kept: Json = {name: body[name] for name in ("type", "command", "callback_id", "user_id") if name in body}
    if isinstance(event, dict):
        named = ("type", "subtype", "user", "bot_id")
        kept["event"] = {name: event[name] for name in named if isinstance(event.get(name), str)}
    if kept.get("type") == "block_actions":
        kept["actions"] = [{"action_id": "any", "block_id": "any", "type": "button"}]
    if kept.get("type") == "block_suggestion":
        kept["action_id"] = "any"
    if kept.get("type") == "view_submission":
        kept["view"] = {"callback_id": "any", "type": "modal"}
    return kept
