"""The one place where the rooms meet: settings become a running bot."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot import logs
from bot.clock import Clock, RemoteClock, SystemClock, real
from bot.core.guide import Check, Route, Step
from bot.coze.client import CozeClient, http_client
from bot.coze.keys import BadKey, KeyProof, load_key
from bot.coze.secret import Secret
from bot.coze.tokens import AppToken, FixedToken, OwnerToken, Signer
from bot.services.credential import Credentials
from bot.services.doctor import Doctor
from bot.services.guide import Guides
from bot.services.invitation import Invitations
from bot.services.join import Join
from bot.services.leaving import Leaving
from bot.services.operator import Operator, StandIns
from bot.services.overview import Overview
from bot.services.people import People
from bot.services.publish import Publish
from bot.services.remind import Remind
from bot.services.report import Reports
from bot.services.sweeper import Again, Handler, Outcome, Sweeper
from bot.services.trial import Trial
from bot.services.vault import Vault
from bot.services.waiting import Patience, Waiting
from bot.settings import Settings, revealed
from bot.slack.credential import CredentialDesk
from bot.slack.decide import Decide
from bot.slack.decisions import DecisionDesk
from bot.slack.dispatch import Dispatch
from bot.slack.draw import Draw
from bot.slack.events import Events
from bot.slack.guide import GuideDesk
from bot.slack.guide_forms import GuideForms
from bot.slack.home import HomeDesk
from bot.slack.join import JoinDesk
from bot.slack.leaving import LeavingDesk
from bot.slack.people import Directory
from bot.slack.publish import PublishDesk
from bot.slack.queue import QueueDesk
from bot.slack.report import ReportDesk
from bot.slack.send import TIMEOUT, Sender
from bot.slack.socket import Socket
from bot.slack.status import StatusDesk
from bot.slack.table import Table
from bot.slack.vault import VaultDesk
from bot.store import schema, work
from bot.store import vault as kept_secrets
from bot.store.cipher import Keyring
from bot.store.database import Database
from bot.store.work import Work
from bot.texts import Reader
from bot.texts.guide import BrokenGuide, GuideTexts, guide_texts
from bot.texts.keys import key_problem
from bot.web.door import door
from bot.web.signature import Signature

log = logging.getLogger(__name__)

TICK = 1.0  # seconds of real time between looks for due work
YOUNG = timedelta(seconds=15)  # an older last sweep means that the sweeper is stuck
KEPT = timedelta(days=7)  # settled work
REMEMBERED = timedelta(hours=24)  # keys of deliveries
DRAIN = 8.0  # seconds for what runs after its ack
OPERATOR = Reader("en", "UTC")  # who reads what stops the start
HANDSHAKE = 5.0  # seconds between tries to reach Slack at start


class StartError(Exception):
    """The bot can't start; the text says what to do."""


@dataclass
class App:
    """A bot that is wired up. `web` serves deliveries and health, `sweeps` does what happens later.

    `checks` says for each Slack workspace when its members are first compared with Coze's list.
    """

    db: Database
    clock: Clock
    sweeper: Sweeper
    dispatch: Dispatch
    asgi: Starlette
    socket: Socket | None
    sweeps: bool
    checks: Mapping[str, datetime]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Sweep and listen for as long as the block lasts."""
        scheduler = AsyncIOScheduler()
        scheduler.add_job(self.sweeper.wake, "interval", seconds=TICK, max_instances=1, coalesce=True)
        sweeping = asyncio.create_task(self.sweeper.run()) if self.sweeps else None
        if sweeping:
            await self._housekeeping()
            scheduler.start()
        if self.socket:
            await self.socket.connect()
        try:
            yield
        finally:
            if self.socket:
                await self.socket.close()
            await self.dispatch.drain(DRAIN)
            if sweeping:
                scheduler.shutdown(wait=False)
                self.sweeper.stop()
                await sweeping

    async def _housekeeping(self) -> None:
        async with self.db.write() as tx:
            await work.enqueue(tx, "", "purge", "daily", self.clock.now(), work.WHENEVER)
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
        proof, texts = KeyProof(), _guide_texts(settings)
        stack.push_async_callback(proof.close)
        app = _wire(settings, clock, part, db, client, identity, coze, proof, texts)
        logs.quiet_bolt()
        db.on_work, db.on_touched = app.sweeper.wake, work.homes
        if isinstance(app.clock, RemoteClock):
            following = await app.clock.start()
            stack.callback(following.cancel)
        yield app


def _wire(
    settings: Settings,
    clock: Clock | None,
    part: str,
    db: Database,
    client: AsyncWebClient,
    identity: AuthorizeResult,
    coze: CozeClient,
    proof: KeyProof,
    texts: GuideTexts,
) -> App:
    team, table, handlers = str(identity.team_id), Table(), dict[str, Handler]()
    clock = clock or _clock(settings, db)
    sweeper = Sweeper(db, clock, handlers)
    if isinstance(clock, RemoteClock):
        clock.moved = sweeper.wake
    sender = Sender(db, client, team)
    directory = Directory(
        sender, team, frozenset(settings.admin_users), settings.admin_group, settings.backup_admin_group
    )
    people = People(db, clock, team, directory.lookup, settings.default_language)
    overview = Overview(db, team)
    operator = _operator(settings, coze)
    channel, patience = str(settings.admin_channel), _patience(settings)
    join = Join(db, clock, channel, coze, operator, patience)
    invitations = Invitations(db, clock, channel, operator)
    waiting = Waiting(db, clock, channel, patience, directory.backup)
    public_url, language = settings.public_url, settings.default_language
    vault = Vault(db, clock, coze, proof, keyring(settings), public_url, language)
    credentials, remind, doctor = Credentials(db, clock), Remind(db, clock), Doctor(coze)
    publish = Publish(db, clock, operator, _stand_ins(settings, coze, vault))
    guides = Guides(db, clock, routes(texts), credentials, operator, settings.coze_workspace_id or "")
    reports, trial = Reports(db, clock, channel), Trial(clock, coze, doctor, operator)
    decide = Decide(db, clock, people, sender, table)
    draw = Draw(db, clock, people, sender, table)
    leaving = Leaving(db, clock, channel, operator, settings.work_zone)
    home, leaving_desk = HomeDesk(db, clock, people, sender, join, overview), LeavingDesk(leaving, overview)
    for desk in (
        StatusDesk(clock, people, overview, texts),
        home,
        JoinDesk(join, invitations, workspace_url(settings)),
        DecisionDesk(clock, people, join, invitations, leaving_desk, workspace_url(settings)),
        leaving_desk,
        QueueDesk(clock, join),
        CredentialDesk(db, clock, credentials, doctor, vault),
        VaultDesk(db, clock, vault, credentials),
        PublishDesk(clock, publish),
        GuideDesk(clock, guides, reports, overview, texts, coze.audience, workspace_url(settings)),
        GuideForms(clock, guides, credentials, trial),
        ReportDesk(reports, texts),
    ):
        desk.register(table)
    handlers.update(
        draw=draw.draw,
        decide=decide.decide,
        verify=invitations.verify,
        invite=invitations.invite,
        watch=invitations.watch,
        wait=waiting.wait,
        remove=leaving.take_out,
        gone=leaving.settle,
        check=leaving.check,
        home=home.draw,
        remind=remind.ring,
        publish=publish.submit,
        follow=publish.follow,
        forget=vault.end,
        lapse=vault.lapse,
        guide=guides.follow,
        purge=_purge(db, clock, vault),
    )
    events = Events(people, directory, sender, str(identity.bot_user_id), home, leaving, draw, vault)
    dispatch = Dispatch(client, identity, db, people, overview, sender, table, decide, events)
    socket = None
    if settings.slack_transport == "socket" and part != "worker":
        socket = Socket(revealed(settings.slack_app_token), client, dispatch)
    over_http = settings.slack_transport == "http" and part != "worker"

    async def ready() -> dict[str, bool]:
        checks = {"database": await db.answers(), "schema": await schema.at_head(db)}
        if socket:
            checks["slack"] = await socket.is_connected()
        if part != "web":
            checks["sweeper"] = real() - sweeper.swept_at < YOUNG
        return checks

    signature = Signature(revealed(settings.slack_signing_secret)) if over_http else None
    once = None
    if vault.has_pages and public_url and part != "worker":
        from bot.web.once import OncePage  # with it comes the library that writes HTML

        once = OncePage(vault, public_url, language)
    asgi = door(ready, signature, dispatch if over_http else None, once)
    checks = {team: leaving.next_check(clock.now())} if operator else {}
    return App(db, clock, sweeper, dispatch, asgi, socket, part != "web", checks)


def workspace_url(settings: Settings) -> str:
    """The ShargeAI workspace's page on Coze."""
    site = "https://www.coze.com" if settings.coze_base_url.endswith("coze.com") else "https://www.coze.cn"
    return f"{site}/space/{settings.coze_workspace_id}/develop" if settings.coze_workspace_id else site


def _guide_texts(settings: Settings) -> GuideTexts:
    try:
        return guide_texts(settings.guide_dir)
    except BrokenGuide as error:
        raise StartError(f"The guide's texts (GUIDE_DIR): {error}") from None


def routes(texts: GuideTexts) -> dict[str, Route]:
    """The guide's ways, as the rules know them."""
    return {
        key: Route(key, tuple(Step(step.id, Check(step.check)) for step in route.steps))
        for key, route in texts.routes.items()
    }


def _patience(settings: Settings) -> Patience:
    return Patience(
        tz=settings.work_zone,
        first_hours=settings.remind_admins_hours,
        second_hours=settings.answer_hours,
        backup_hours=settings.backup_hours,
        expire=timedelta(days=settings.expire_days),
    )


def _clock(settings: Settings, db: Database) -> Clock:
    if not settings.clock_url:
        return SystemClock()

    async def due() -> datetime | None:
        async with db.read() as conn:
            return await work.next_due(conn)

    return RemoteClock(settings.clock_url, due)


def _operator(settings: Settings, coze: CozeClient) -> Operator | None:
    token = _owner_token(settings, coze)
    if token is None or not settings.coze_workspace_id:
        return None
    return Operator(coze, token, settings.coze_workspace_id, settings.coze_connector_id or "")


def _owner_token(settings: Settings, coze: CozeClient) -> OwnerToken | None:
    if settings.coze_owner_token:
        return FixedToken(Secret(revealed(settings.coze_owner_token)))
    if not (settings.coze_owner_app_id and settings.coze_owner_kid and settings.coze_owner_key_file):
        return None
    try:
        key = load_key(Secret(settings.coze_owner_key_file.read_text(encoding="utf-8")))
    except BadKey as bad:
        raise StartError(f"COZE_OWNER_KEY_FILE: {key_problem(bad.reason, OPERATOR)}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"COZE_OWNER_KEY_FILE: {error}") from error
    signer = Signer(settings.coze_owner_app_id, settings.coze_owner_kid, key, coze.audience)
    return AppToken(coze, signer, settings.coze_owner_account_id)


def keyring(settings: Settings) -> Keyring | None:
    return Keyring.parse(revealed(settings.credential_keys)) if settings.credential_keys else None


def _stand_ins(settings: Settings, coze: CozeClient, vault: Vault) -> StandIns | None:
    if not (settings.credential_keys and settings.coze_workspace_id and settings.coze_connector_id):
        return None
    return StandIns(coze, vault, settings.coze_workspace_id, settings.coze_connector_id)


async def keys_are_there(db: Database, settings: Settings) -> None:
    """Every kept secret can be read. Raises StartError naming the keys that are missing."""
    keys = keyring(settings)
    async with db.read() as conn:
        used = await kept_secrets.key_ids(conn)
    if missing := sorted(used.keys() - (keys.ids if keys else frozenset())):
        count = sum(used[key_id] for key_id in missing)
        raise StartError(
            f"CREDENTIAL_KEYS: {count} kept secrets need the keys named {', '.join(missing)}, which are missing. "
            "Add them after the first one."
        )


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
    if await schema.at_head(db):
        return
    if part != "run":
        raise StartError("The database schema is not up to date: run `python3 -m bot migrate` first.")
    log.info("bringing the database schema to head")
    await asyncio.to_thread(schema.migrate, revealed(settings.database_url))


async def _handshake(client: AsyncWebClient) -> AuthorizeResult:
    """Who the bot is in Slack. Waits for a Slack that can't be reached; raises StartError where it says no."""
    while True:
        try:
            answer = await client.auth_test()
        except SlackApiError as error:
            code = error.response.get("error")
            if error.response.status_code < 500 and code not in ("ratelimited", "internal_error"):
                raise StartError(f"Slack refuses SLACK_BOT_TOKEN: {code}.") from None
            log.warning("Slack is not ready: %s", code)
        except (TimeoutError, aiohttp.ClientError) as error:
            log.warning("Slack can't be reached: %s", type(error).__name__)
        else:
            return AuthorizeResult.from_auth_test_response(auth_test_response=answer, bot_token=client.token)
        await asyncio.sleep(HANDSHAKE)
