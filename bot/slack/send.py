"""Sending: every call to Slack, paced by shared buckets, with the answers that matter told apart."""

import asyncio
import logging
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.core.errors import SlackRefused, Unreachable
from bot.logs import Outages
from bot.network import reason
from bot.services.job_runner import Backoff, Save
from bot.slack.connection import PASSING, Connection, Identity, hints, told
from bot.slack.connection import call as slack_call
from bot.slack.router import View
from bot.slack.views.parts import Card
from bot.slack.views.plain import plainer
from bot.store import bucket
from bot.store.database import Database
from bot.store.job import SOMEBODY_WAITS, Job
from bot.store.message import Message

log = logging.getLogger(__name__)

SLACK_HOST = "hooks.slack.com"
TELL = 60  # seconds that an answer in a DM may wait for its turn
METADATA = "sharge_message"

# seconds between calls in the long run, and how many may leave at once (docs.slack.dev, rate limits)
PER_CHANNEL = (1.0, 3)
PER_TEAM = {
    "chat.postMessage": (0.2, 20),
    "chat.update": (1.2, 30),
    "chat.delete": (1.2, 30),
    "conversations.history": (1.2, 20),
    "conversations.open": (1.2, 20),
    "conversations.replies": (1.2, 20),
    "views.publish": (0.6, 30),
}
KEPT = 2  # of what may leave at once, for those whom somebody waits for
QUEUED, CURSOR, OLDEST = "queued", "cursor", "oldest"
"""In a job's payload: it has had a place in the queue; where a look into the history goes on, and for which try."""
HALTED = frozenset({"invalid_auth", "token_revoked", "account_inactive", "not_authed"})
"""Slack's words for a token that opens nothing any more. One that lacks a single right is refused like anybody."""

UNSHOWN = "invalid_blocks"
"""Slack's word for blocks that it does not show, whatever it was in the beginning."""
OF_BLOCKS = frozenset({UNSHOWN, "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "view_too_large"})
OF_ANYTHING = "invalid_arguments"
"""Its word for a view too, and for much else; then it says where."""

READS = frozenset(
    {
        "conversations.history",
        "conversations.info",
        "conversations.members",
        "conversations.replies",
        "files.info",
        "usergroups.users.list",
        "users.info",
    }
)
UNSHOWN_PAUSE = 3600.0  # seconds until what Slack shows in no form is tried again, by another version perhaps
SAID = 1000  # bytes that are read of a refusal at a response_url
UNSAID = 30.0  # seconds to wait where Slack asks to and does not say for how long
MEMBERS = 200  # of a channel in one answer, as Slack advises
HALT = 60.0  # seconds before a sender without rights tries again


class Sender:
    """One shared connection pool, no retries of the client's own: a repeated post would ring twice."""

    def __init__(self, db: Database, slack: Connection) -> None:
        client = slack.client
        self._db, self._client, self.team_id, self.time = db, client, slack.team, slack.time
        self._network, self.hearing, self.scopes = slack.network, slack.hearing, slack.identity.scopes
        self._workspace = _workspace(slack.identity)
        self._outages = Outages()
        self._names = {slack.identity.bot_id, slack.identity.bot_user_id} - {None}
        hosts = {SLACK_HOST, urlsplit(client.base_url).hostname}
        self._response_hosts = hosts if urlsplit(client.base_url).hostname != "slack.com" else {SLACK_HOST}

    async def turn(
        self, method: str, place: str | None = None, row: Job | None = None, also: Save | None = None
    ) -> None:
        """Ask whether such a call may leave now; a post goes to `place`. Raises Backoff with the seconds until then.

        The job `row` gets a place in the queue, behind those whom somebody waits for where nobody waits for it.
        `also` is written with the answer, if it is yes.
        """
        limits = [bucket.Limit(method, *PER_TEAM[method], KEPT)] if method in PER_TEAM else []
        if place is not None:
            limits.append(bucket.Limit(f"{method}:{place}", *PER_CHANNEL))
        queue = None
        if row:
            queue = bucket.Queue(planned=row.priority > SOMEBODY_WAITS, had_place=QUEUED in (row.payload or {}))
        if wait := await bucket.take(self._db, self.team_id, limits, queue, also):
            raise Backoff(wait, keep={QUEUED: True})

    async def open_dm(self, user_id: str) -> str:
        """The channel of the DM with this person. Raises SlackRefused, Unreachable, Backoff."""
        await self.turn("conversations.open")
        return str(part_of(part_of(await self.call("conversations.open", users=user_id), "channel"), "id"))

    async def post(
        self, place: str, card: Card, copy: Message | None = None, thread: str | None = None
    ) -> tuple[str, str]:
        """Post a message, below that of ts `thread` if one is given: to a channel, or to a person by their user ID.
        Its channel and ts. Ask for its turn before. Raises SlackRefused, Unreachable, Backoff.

        Which `copy` it is stands in its metadata.
        """
        body = _body(card) if copy is None else {**_body(card), "metadata": _metadata(copy)}
        if thread:
            body["thread_ts"] = thread
        answer = await self._shown("chat.postMessage", body, channel=place)
        if not place.startswith(("U", "W", "D")):
            self.hearing.posts[place] += 1
        return str(part_of(answer, "channel")), str(part_of(answer, "ts"))

    async def whisper(self, channel: str, user_id: str, card: Card, thread: str) -> None:
        """Show somebody, and them alone, a card in a thread. Raises SlackRefused, Unreachable."""
        await self._asked("chat.postEphemeral", channel=channel, user=user_id, thread_ts=thread, **card.payload())

    async def tell(self, user_id: str, card: Card) -> None:
        """Write to somebody's DM, waiting where Slack wants it. Failures are logged: what matters has a row."""
        try:
            async with asyncio.timeout(TELL):
                while True:
                    try:
                        await self.turn("chat.postMessage", user_id)
                        await self.post(user_id, card)
                        return
                    except Backoff as wait:
                        await asyncio.sleep(wait.seconds)
        except (SlackRefused, Unreachable, TimeoutError) as error:
            self._outages.tell(log, "not told", "not told: %s", error)

    async def update(self, channel: str, ts: str, card: Card, copy: Message) -> None:
        """Redraw a message in place. Ask for its turn before. Raises SlackRefused, Unreachable, Backoff."""
        body = {**_body(card), "metadata": _metadata(copy)}
        await self._shown("chat.update", body, channel=channel, ts=ts)

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message of the bot's. Ask for its turn before. Raises SlackRefused, Unreachable, Backoff."""
        await self.call("chat.delete", channel=channel, ts=ts)

    async def _shown(self, method: str, body: dict[str, Any], **where: str) -> Any:
        """A card or view; one whose blocks Slack refuses is shown plainer, and is a mistake of ours that the log
        tells of. Raises SlackRefused(UNSHOWN) where it is not shown either.
        """
        try:
            return await self.call(method, **where, **body)
        except SlackRefused as error:
            if not _is_of_blocks(error):
                raise
            refused = error
        log.error("Slack refuses a card in %s: %s %s", method, refused.code, " ".join(refused.hints))
        for instead in plainer(body):
            try:
                return await self.call(method, **where, **instead)
            except SlackRefused as error:
                if not _is_of_blocks(error):
                    raise
        raise SlackRefused(UNSHOWN, refused.hints)

    async def _viewed(self, method: str, view: View, **where: str) -> Any:
        """The same of a view, where nobody waits for a turn: Backoff is Unreachable."""
        try:
            return await self._shown(method, {"view": view}, **where)
        except Backoff as error:
            raise Unreachable(type(error).__name__) from error

    async def find(
        self,
        channel: str,
        copy: Message,
        oldest: datetime,
        thread: str | None = None,
        kept: Mapping[str, Any] | None = None,
        *,
        forgotten: bool = False,
    ) -> str | None:
        """The ts of our own post whose answer was lost, looked up by its metadata from `oldest` on, Slack's time; or
        of one that is `forgotten`, posted for another row about the same, or for more often than this one knows.

        Raises SlackRefused, Unreachable; Backoff with what has to be `kept` to go on. Of another try's look nothing
        is taken: it may have passed the page on which this one's post stands.
        """
        method, where = ("conversations.replies", {"ts": thread}) if thread else ("conversations.history", {})
        since = f"{max(oldest.timestamp(), 0):.6f}"
        cursor = str(kept[CURSOR]) if kept and kept.get(OLDEST) == since else ""
        while True:
            try:
                await self.turn(method)
                page = await self.call(
                    method,
                    channel=channel,
                    **where,
                    oldest=since,
                    include_all_metadata=True,
                    limit=200,
                    cursor=cursor,
                )
            except Backoff as wait:
                raise Backoff(wait.seconds, wait.because, {CURSOR: cursor, OLDEST: since}) from None
            for found in part_of(page, "messages"):
                if self._is_ours(found, copy, forgotten=forgotten):
                    return str(found["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    def _is_ours(self, found: Mapping[str, Any], copy: Message, *, forgotten: bool) -> bool:
        """Whether the bot has posted this for that row, and for the last time: anybody may write metadata."""
        metadata = found.get("metadata") or {}
        payload = metadata.get("event_payload") or {}
        same = (payload.get("message_id"), payload.get("revision", 1)) == (copy.id, copy.revision)
        if "subject" in payload:  # an id may be another row's by now
            is_about = (payload["subject"], payload.get("kind")) == (copy.subject, copy.kind)
            same = is_about and (found["ts"] != copy.leaves if forgotten else same)
        return same and metadata.get("event_type") == METADATA and self.wrote(found)

    def wrote(self, found: Mapping[str, Any]) -> bool:
        """Whether the bot has posted this message: anybody may write metadata."""
        return not self._names.isdisjoint({found.get("bot_id"), found.get("user")})

    async def is_let_in(self) -> bool:
        """Whether Slack takes the bot's token today. Raises SlackRefused, Unreachable, Backoff."""
        try:
            await self.call("auth.test")
        except Backoff as wait:
            if wait.because not in HALTED:
                raise
            return False
        return True

    async def user(self, user_id: str) -> dict[str, Any]:
        """Slack's user object, with locale. Raises SlackRefused, Unreachable."""
        answer = await self._asked("users.info", user=user_id, include_locale=True)
        return dict(part_of(answer, "user"))

    async def channel(self, channel: str) -> dict[str, Any]:
        """Slack's channel object. Raises SlackRefused, Unreachable."""
        return dict(part_of(await self._asked("conversations.info", channel=channel), "channel"))

    async def group(self, usergroup: str) -> list[str]:
        """The ids of a user group's members. Raises SlackRefused, Unreachable."""
        answer = await self._asked("usergroups.users.list", usergroup=usergroup, **self._workspace)
        return list(part_of(answer, "users"))

    async def members(self, channel: str, cursor: str) -> Any:
        """A page of the ids of a channel's `members`. Raises SlackRefused, Unreachable."""
        return await self._asked("conversations.members", channel=channel, limit=MEMBERS, cursor=cursor)

    async def open_view(self, trigger_id: str, view: View) -> str:
        """Open a form; its id. Raises SlackRefused (expired_trigger_id and the like), Unreachable."""
        return str(part_of(part_of(await self._viewed("views.open", view, trigger_id=trigger_id), "view"), "id"))

    async def push_view(self, trigger_id: str, view: View) -> str:
        """Open a form above the one that is open; its id. Raises SlackRefused, Unreachable."""
        return str(part_of(part_of(await self._viewed("views.push", view, trigger_id=trigger_id), "view"), "id"))

    async def publish_home(self, user_id: str, view: View) -> None:
        """Draw somebody's Home. Ask for its turn before. Raises SlackRefused, Unreachable, Backoff."""
        await self._shown("views.publish", {"view": view}, user_id=user_id)

    async def update_view(self, view_id: str, view: View) -> None:
        """Redraw an open form. Raises SlackRefused (not_found: it was closed), Unreachable."""
        await self._viewed("views.update", view, view_id=view_id)

    async def update_external(self, external_id: str, view: View) -> None:
        """The same, found by the name that it was opened with. Raises SlackRefused, Unreachable."""
        await self._viewed("views.update", view, external_id=external_id)

    async def respond(self, response_url: str, card: Card, *, replace: bool = False) -> None:
        """Answer where something was typed or pressed, for that person only, or `replace` what was pressed.

        Failures are logged: it may be lost.
        """
        body = {"response_type": "ephemeral", "replace_original": replace, **card.payload()}
        await self._respond(response_url, body)

    async def dismiss(self, response_url: str) -> None:
        """Take back an answer that only this person sees. Failures are logged."""
        await self._respond(response_url, {"delete_original": True})

    async def _respond(self, response_url: str, body: dict[str, Any]) -> None:
        if urlsplit(response_url).hostname not in self._response_hosts:
            log.warning("answer not sent: its address is not Slack's")
            return
        try:
            for each in (body, *plainer(body)):
                status, code = await self._answer(response_url, each)
                if code not in OF_BLOCKS:
                    break
                log.error("Slack refuses a card in an answer: %s", code)
            if status != 200:
                self._outages.tell(log, status, "answer not taken: HTTP %s", status)
        except (TimeoutError, aiohttp.ClientError, Unreachable) as error:
            self._outages.tell(log, "not sent", "answer not sent: %s", reason(error))

    async def _answer(self, response_url: str, body: dict[str, Any]) -> tuple[int, str]:
        """The HTTP status, and Slack's word where it refuses the blocks, which it says as JSON or as bare text."""
        session = self._client.session
        if session is None:
            raise Unreachable
        proxy = self._network.proxy(response_url)
        async with session.post(response_url, json=body, proxy=proxy, allow_redirects=False) as answer:
            if answer.status == 200:
                return 200, ""
            said = (await answer.content.read(SAID)).decode(errors="replace")
            return answer.status, next((code for code in sorted(OF_BLOCKS, key=len)[::-1] if code in said), "")

    async def _asked(self, method: str, /, **body: Any) -> Any:
        try:
            return await self.call(method, **body)
        except Backoff as error:
            raise Unreachable(type(error).__name__) from error

    async def call(self, method: str, /, **body: Any) -> Any:
        """One call whose turn it is. Raises SlackRefused, Unreachable, Backoff."""
        verb = "GET" if method in READS else "POST"
        arguments = {"params": _query(body)} if verb == "GET" else {"json": body}
        try:
            answer = await slack_call(self._client, method, verb, **arguments)
            self.time.hear(answer.headers)
            return answer
        except SlackApiError as error:
            self.time.hear(told(error)[2])
            raise await self.refusal(method, error) from None  # the client's error quotes the whole answer

    async def refusal(self, method: str, error: SlackApiError) -> Exception:
        """What Slack meant by that answer: SlackRefused, Unreachable or Backoff."""
        status, code, headers = told(error)
        if status == 429 or code in ("ratelimited", "rate_limited"):
            wait = _seconds(headers.get("Retry-After"))
            if limits := PER_TEAM.get(method):
                await bucket.pause(self._db, self.team_id, bucket.Limit(method, *limits), wait)
            return Backoff(wait, keep={})
        if code in HALTED:
            if self._outages.due(code) is not None:  # every job would say it again, once a minute
                log.critical("Slack refuses the bot's token: %s", code)
            return Backoff(HALT, code)
        if status >= 500 or not code or code in PASSING:
            return Unreachable(code or f"HTTP {status}", is_over=bool(code))
        return SlackRefused(code, hints(error))


def _workspace(identity: Identity) -> dict[str, str]:
    """What names the workspace in a call about its user groups, as an app of the whole organisation has to
    (docs.slack.dev/reference/methods/usergroups.users.list).
    """
    is_needed = identity.is_org_wide and identity.team_id != identity.enterprise_id
    return {"team_id": identity.team_id} if is_needed else {}


def _is_of_blocks(error: SlackRefused) -> bool:
    """Whether the blocks are what Slack refuses. Where it does not say what else it may be, they are."""
    if error.code == OF_ANYTHING:
        return not error.hints or any("/blocks" in hint or "/view" in hint for hint in error.hints)
    return error.code in OF_BLOCKS


def part_of(answer: Any, name: str) -> Any:
    """What an answer has to hold. Raises Unreachable where it does not: what was done is not known then."""
    try:
        return answer[name]
    except (KeyError, TypeError, ValueError):
        raise Unreachable(f"an answer without {name}") from None


def _seconds(header: Any) -> float:
    """What a Retry-After asks for; no bucket waits longer than its ceiling, whatever stands there."""
    try:
        wait = float(header)
    except (TypeError, ValueError):
        return UNSAID
    return min(max(wait, 1.0), bucket.CEILING) if math.isfinite(wait) else UNSAID


def _query(body: dict[str, Any]) -> dict[str, str]:
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in body.items() if value
    }


def _body(card: Card) -> dict[str, Any]:
    return {**card.payload(), "unfurl_links": False, "unfurl_media": False}


def _metadata(copy: Message) -> dict[str, Any]:
    named = {"message_id": copy.id, "revision": copy.revision, "subject": copy.subject, "kind": copy.kind}
    return {"event_type": METADATA, "event_payload": named}
