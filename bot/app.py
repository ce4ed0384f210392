"""The one place where the rooms meet: settings become a running bot."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot import logs
from bot.clock import Clock, RemoteClock, real
from bot.configured import (
    StartError,
    clock_of,
    keyring,
    keys_are_there,
    operator_of,
    patience_of,
    routes_of,
    stand_ins_of,
    texts_of,
    workspace_url,
)
from bot.core.errors import SlackRefused
from bot.coze.client import CozeClient, http_client
from bot.coze.keys import KeyProof
from bot.services.credential import Credentials
from bot.services.doctor import Doctor
from bot.services.greeting import Greeting
from bot.services.guide import Guides
from bot.services.invitation import Invitations
from bot.services.join import Join
from bot.services.leaving import Leaving
from bot.services.overview import Overview
from bot.services.people import People
from bot.services.publish import Publish
from bot.services.remind import Remind
from bot.services.report import Reports
from bot.services.sweeper import Again, Handler, Outcome, Sweeper
from bot.services.trial import Trial
from bot.services.vault import Vault
from bot.services.waiting import Waiting
from bot.settings import Settings, revealed
from bot.slack.credential import CredentialHandlers
from bot.slack.decisions import DecisionHandlers
from bot.slack.dispatch import Dispatch
from bot.slack.draw import Draw
from bot.slack.events import Events
from bot.slack.guide import GuideHandlers
from bot.slack.guide_forms import GuideForms
from bot.slack.home import HomeHandlers
from bot.slack.join import JoinHandlers
from bot.slack.leaving import LeavingHandlers
from bot.slack.people import Directory
from bot.slack.pipeline import KIND, Pipeline
from bot.slack.publish import PublishHandlers
from bot.slack.queue import QueueHandlers
from bot.slack.replies import Replies
from bot.slack.report import ReportHandlers
from bot.slack.router import Handlers, Router
from bot.slack.send import PASSING, TIMEOUT, Sender
from bot.slack.socket import Socket
from bot.slack.status import StatusHandlers
from bot.slack.vault import VaultHandlers
from bot.store import schema, work
from bot.store.database import Database
from bot.store.work import Work
from bot.texts.guide import GuideTexts
from bot.web.door import Checks, door
from bot.web.signature import Signature

log = logging.getLogger(__name__)

TICK = 1.0  # seconds of real time between looks for due work
YOUNG = timedelta(seconds=15)  # an older last sweep means that the sweeper is stuck
KEPT = timedelta(days=7)  # settled work
REMEMBERED = timedelta(hours=24)  # keys of deliveries
DRAIN = 8.0  # seconds for what runs after its ack
NO_DATABASE = "DATABASE_URL: the database does not answer. Is it running, and are address and name right?"
PATIENCE = 10  # looks for a database that is not there yet, at start
HANDSHAKE = 5.0  # seconds between tries to reach Slack at start


@dataclass
class App:
    """A bot that is wired up. `web` serves deliveries and health, `sweeps` does what happens later.

    `checks` says for each Slack workspace when its members are first compared with Coze's list.
    """

    db: Database
    clock: Clock
    sweeper: Sweeper
    dispatch: Dispatch
    router: Router
    asgi: Starlette
    socket: Socket | None
    sweeps: bool
    checks: Mapping[str, datetime]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Sweep and listen for as long as the block lasts. Raises StartError."""
        scheduler = AsyncIOScheduler()
        scheduler.add_job(self._tick, "interval", seconds=TICK, max_instances=1, coalesce=True)
        sweeping = asyncio.create_task(self.sweeper.run()) if self.sweeps else None
        if sweeping:
            await self.housekeeping()
            scheduler.start()
        try:
            if self.socket:
                await _connect(self.socket)
            yield
        finally:
            if self.socket:
                await self.socket.close()
            await self.dispatch.drain(DRAIN)
            if sweeping:
                scheduler.pause()
                await asyncio.sleep(0)  # a tick under way ends: what is cancelled counts as an error
                scheduler.shutdown(wait=False)
                self.sweeper.stop()
                await sweeping

    async def _tick(self) -> None:
        """A coroutine, since plain functions run in a thread, from which nothing in the loop may be woken."""
        self.sweeper.wake()

    async def housekeeping(self) -> None:
        """Plan what happens again and again, whoever is there."""
        async with self.db.write() as tx:
            await work.enqueue(tx, "", "purge", "daily", real(), work.WHENEVER)  # story time is never before it
            for team, due in self.checks.items():
                await work.ensure(tx, team, "check", "weekly", due)


@contextlib.asynccontextmanager
async def build(settings: Settings, clock: Clock | None = None, part: str = "run") -> AsyncIterator[App]:
    """Wire everything up for `run`, `web` or `worker`. Raises StartError."""
    async with contextlib.AsyncExitStack() as stack:
        db = Database(revealed(settings.database_url))
        stack.push_async_callback(db.close)
        await at_head(db, settings, part)
        session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
        client = AsyncWebClient(
            token=revealed(settings.slack_bot_token),
            base_url=settings.slack_api_url + "/",
            session=session,
            timeout=TIMEOUT,
            retry_handlers=[],  # the client's own would post twice when an answer is lost
        )
        identity = await _handshake(client)
        http = await stack.enter_async_context(http_client())
        coze = CozeClient(settings.coze_base_url, http, playground=settings.bot_env == "playground")
        await keys_are_there(db, settings)
        proof = KeyProof()
        stack.push_async_callback(proof.close)
        clock = clock or clock_of(settings, db)
        app = _wire(settings, part, Outside(db, clock, client, identity, coze, proof, texts_of(settings)))
        logs.quiet_bolt()
        db.on_work, db.on_touched = app.sweeper.wake, work.homes
        if isinstance(clock, RemoteClock):
            clock.moved = app.sweeper.wake
            following = await clock.start()
            stack.callback(following.cancel)
        yield app


@dataclass(frozen=True)
class Outside:
    """What the bot stands on, opened and answering. `identity` is who it is in Slack."""

    db: Database
    clock: Clock
    client: AsyncWebClient
    identity: AuthorizeResult
    coze: CozeClient
    proof: KeyProof
    texts: GuideTexts

    @property
    def team(self) -> str:
        """The Slack workspace."""
        return str(self.identity.team_id)


class Services:
    """Every verb of the bot, with what it needs."""

    def __init__(self, settings: Settings, out: Outside, directory: Directory) -> None:
        db, clock, coze = out.db, out.clock, out.coze
        operator = self.operator = operator_of(settings, coze)
        channel, patience, language = str(settings.admin_channel), patience_of(settings), settings.default_language
        self.people = People(db, clock, out.team, directory.lookup, language)
        self.greeting = Greeting(clock, self.people, wanted=settings.greet_new_members)
        self.overview = Overview(db, out.team)
        self.join = Join(db, clock, channel, coze, operator, patience)
        self.invitations = Invitations(db, clock, channel, operator)
        self.waiting = Waiting(db, clock, channel, patience, directory.backup)
        self.leaving = Leaving(db, clock, channel, operator, settings.work_zone)
        self.vault = Vault(db, clock, coze, out.proof, keyring(settings), settings.public_url, language)
        self.credentials, self.remind, self.doctor = Credentials(db, clock), Remind(db, clock), Doctor(coze)
        self.publish = Publish(db, clock, operator, stand_ins_of(settings, coze, self.vault))
        workspace = settings.coze_workspace_id or ""
        self.guides = Guides(db, clock, routes_of(out.texts), self.credentials, operator, workspace)
        self.reports, self.trial = Reports(db, clock, channel), Trial(clock, coze, self.doctor, self.vault, operator)


def _wire(settings: Settings, part: str, out: Outside) -> App:
    sender, router, handlers = Sender(out.db, out.client, out.team), Router(), dict[str, Handler]()
    groups = (settings.admin_group, settings.backup_admin_group)
    directory = Directory(sender, out.team, frozenset(settings.admin_users), *groups)
    do = Services(settings, out, directory)
    sweeper = Sweeper(out.db, out.clock, handlers)
    replies = Replies(sender)
    pipeline = Pipeline(out.db, out.clock, do.people, do.overview, router, replies)
    draw = Draw(out.db, out.clock, do.people, sender, router)
    home = HomeHandlers(out.db, out.clock, do.people, sender, do.join, do.overview, out.texts)
    for feature in (home, *_features(settings, out, do)):
        feature.register(router)
    handlers |= {"draw": draw.draw, KIND: pipeline.resume, "home": home.draw, **_later(out, do)}
    bot_user = str(out.identity.bot_user_id)
    events = Events(do.people, directory, sender, bot_user, home, draw, do.vault, do.greeting)
    dispatch = Dispatch(out.client, out.identity, out.db, pipeline, replies, events)
    listens = part != "worker"
    socket = None
    if settings.slack_transport == "socket" and listens:
        socket = Socket(revealed(settings.slack_app_token), out.client, dispatch)
    ready = _readiness(out.db, socket, sweeper if part != "web" else None)
    asgi = _door(settings, do, dispatch, ready) if listens else door(ready)
    checks = {out.team: do.leaving.next_check(out.clock.now())} if do.operator else {}
    return App(out.db, out.clock, sweeper, dispatch, router, asgi, socket, part != "web", checks)


def _features(settings: Settings, out: Outside, do: Services) -> Iterable[Handlers]:
    """What people see and press, by feature."""
    db, clock, texts, url = out.db, out.clock, out.texts, workspace_url(settings)
    leaving = LeavingHandlers(do.leaving, do.overview)
    return (
        StatusHandlers(clock, do.people, do.overview, texts),
        JoinHandlers(do.join, do.invitations, url),
        DecisionHandlers(clock, do.people, do.join, do.invitations, leaving, url),
        leaving,
        QueueHandlers(clock, do.join),
        CredentialHandlers(db, clock, do.credentials, do.doctor, do.vault),
        VaultHandlers(db, clock, do.vault, do.credentials),
        PublishHandlers(clock, do.publish),
        GuideHandlers(clock, do.guides, do.reports, do.overview, texts, out.coze.audience, url),
        GuideForms(clock, do.guides, do.trial, do.vault),
        ReportHandlers(do.reports, texts),
    )


def _later(out: Outside, do: Services) -> dict[str, Handler]:
    """Everything that happens later, by the kind of work."""
    return {
        "verify": do.invitations.verify,
        "invite": do.invitations.invite,
        "watch": do.invitations.watch,
        "wait": do.waiting.wait,
        "remove": do.leaving.take_out,
        "gone": do.leaving.settle,
        "check": do.leaving.check,
        "remind": do.remind.ring,
        "publish": do.publish.submit,
        "follow": do.publish.follow,
        "forget": do.vault.end,
        "uninstalled": do.vault.forget_all,
        "lapse": do.vault.lapse,
        "guide": do.guides.follow,
        "asked": do.guides.unanswered,
        "greet": do.greeting.greet,
        "purge": _purge(out.db, out.clock, do.vault),
    }


def _readiness(db: Database, socket: Socket | None, sweeper: Sweeper | None) -> Checks:
    async def ready() -> dict[str, bool]:
        checks = {"database": await db.answers(), "schema": await schema.at_head(db)}
        if socket:
            checks["slack"] = await socket.is_connected()
        if sweeper:
            checks["sweeper"] = real() - sweeper.swept_at < YOUNG
        return checks

    return ready


def _door(settings: Settings, do: Services, dispatch: Dispatch, ready: Checks) -> Starlette:
    once = None
    if do.vault.has_pages and settings.public_url:
        from bot.web.once import OncePage  # with it comes the library that writes HTML

        once = OncePage(do.vault, settings.public_url, settings.default_language)
    if settings.slack_transport != "http":
        return door(ready, once=once)
    return door(ready, Signature(revealed(settings.slack_signing_secret)), dispatch, once)


def _purge(db: Database, clock: Clock, vault: Vault) -> Handler:
    async def purge(row: Work) -> Outcome:
        """Work: let go of what nobody needs any more."""
        await db.forget(real() - REMEMBERED)
        await vault.purge()
        async with db.write() as tx:
            await work.purge(tx, clock.now() - KEPT)
        return Again(clock.now() + timedelta(days=1))

    return purge


async def at_head(db: Database, settings: Settings, part: str) -> None:
    """See that the schema is at head, once the database answers. Raises StartError."""
    for _ in range(PATIENCE):
        if await db.answers():
            break
        log.warning("the database does not answer")
        await asyncio.sleep(1)
    else:
        raise StartError(NO_DATABASE)
    if await schema.at_head(db):
        return
    if part != "run":
        raise StartError("The database schema is not up to date: run `python3 -m bot migrate` first.")
    log.info("bringing the database schema to head")
    await asyncio.to_thread(schema.migrate, revealed(settings.database_url))


async def _connect(socket: Socket) -> None:
    try:
        await socket.connect()
    except SlackRefused as error:
        raise StartError(f"Slack refuses SLACK_APP_TOKEN: {error.code}.") from None


async def _handshake(client: AsyncWebClient) -> AuthorizeResult:
    """Who the bot is in Slack. Waits for a Slack that can't be reached; raises StartError where it says no."""
    while True:
        try:
            answer = await client.auth_test()
        except SlackApiError as error:
            code = error.response.get("error")
            if error.response.status_code < 500 and code and code not in ("ratelimited", *PASSING):
                raise StartError(f"Slack refuses SLACK_BOT_TOKEN: {code}.") from None
            log.warning("Slack is not ready: %s", code)
        except (TimeoutError, aiohttp.ClientError) as error:
            log.warning("Slack can't be reached: %s", type(error).__name__)
        else:
            return AuthorizeResult.from_auth_test_response(auth_test_response=answer, bot_token=client.token)
        await asyncio.sleep(HANDSHAKE)
