"""The one place where the rooms meet: settings become a running bot."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.clock import Clock, RemoteClock, SystemClock, utc_now
from bot.core.calls import Edition
from bot.core.errors import StartError, Tell, untold
from bot.core.remind import Timetable
from bot.core.review import AutoApproval
from bot.core.worktime import WorkTime
from bot.coze.client import CozeClient, http_client
from bot.coze.keys import KeyProof
from bot.coze.site import workspace_url
from bot.network import Network
from bot.services.alerts import Alerts
from bot.services.call_counter import CallCounter
from bot.services.channel_client import ChannelClient
from bot.services.forecast import Forecasts
from bot.services.gauges import Gauges, Skew
from bot.services.guide.wiring import texts_of
from bot.services.health import Health
from bot.services.housekeeping import Housekeeping
from bot.services.job_runner import JobRunner
from bot.services.join.requests import EscalationPolicy
from bot.services.owner import (
    OwnerApp,
    OwnerTokens,
    channel_token,
    fingerprint,
    owner_fingerprint,
    owner_tokens,
)
from bot.services.preflight_checks import Configured
from bot.services.rotation import check_keys
from bot.services.tick import sweeping
from bot.services.wiring import Deployment, Resources, Services
from bot.services.workspace_client import WorkspaceClient
from bot.settings import COZE_HOSTS, Settings, revealed
from bot.slack.alerts import AlertTeller
from bot.slack.connection import Connection, connected
from bot.slack.people import Directory
from bot.slack.rights import Rights
from bot.slack.router import Router
from bot.slack.send import Sender
from bot.slack.wiring import Features
from bot.store import forecast, job, schema
from bot.store.cipher import Keyring
from bot.store.database import Database, is_away
from bot.texts.locale import Locale
from bot.workdays import WorkCalendar

if TYPE_CHECKING:
    from bot.front import Front
    from bot.slack.dispatch import Dispatch

DRAIN = 8.0  # seconds for what runs after its ack

Part = Literal["run", "web", "worker"]


@dataclass
class App:
    """A bot that is wired up: the web part takes deliveries, the worker part does what happens later and has no
    `front`.
    """

    db: Database
    clock: Clock
    job_runner: JobRunner
    housekeeping: Housekeeping
    health: Health
    gauges: Gauges
    alerts: Alerts
    router: Router
    front: "Front | None"
    sweeps: bool

    @property
    def door(self) -> "Front":
        """The front door. Raises StartError for a worker, which has none."""
        if self.front is None:
            raise StartError("A worker takes no deliveries.")
        return self.front

    @property
    def dispatch(self) -> "Dispatch":
        """Where deliveries end. Raises StartError for a worker."""
        return self.door.dispatch

    def watched(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Look at its health for as long as the block lasts."""
        return self.health.looking(self.gauges.measure, self.alerts.look)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Sweep and listen for as long as the block lasts. Raises StartError."""
        async with contextlib.AsyncExitStack() as stack:
            if self.sweeps:
                await self.housekeeping.plan()
                await stack.enter_async_context(sweeping(self.job_runner))
            if self.front:
                stack.push_async_callback(self.front.dispatch.drain, DRAIN)
            if self.front and self.front.socket:
                stack.push_async_callback(self.front.socket.close)
                await self.front.socket.connect()
            yield


@contextlib.asynccontextmanager
async def build(
    settings: Settings, clock: Clock | None = None, part: Part = "run", tell: Tell = untold
) -> AsyncIterator[App]:
    """Wire everything up for `run`, `web` or `worker`. `tell` hears what is missing meanwhile. Raises StartError."""
    async with contextlib.AsyncExitStack() as stack:
        texts = texts_of(settings.guide_dir)
        network = network_of(settings)
        coze = await _coze(settings, network, stack)
        owner = owner_tokens(coze.audience, _owner(settings))
        db, url = Database(revealed(settings.database_url)), revealed(settings.database_url)
        stack.push_async_callback(db.close)
        await schema.reach_head(db, url, migrates=part == "run", tell=tell)
        clock = clock or _clock(settings, db, network)
        if isinstance(clock, RemoteClock):
            stack.push_async_callback(clock.stop)
            await clock.start()
        tokens = revealed(settings.slack_bot_token), revealed(settings.slack_app_token)
        slack = await stack.enter_async_context(
            connected(tokens[0], settings.slack_api_url, clock, network, tokens[1], tell)
        )
        await check_keys(db, _keyring(settings))
        calendar = WorkCalendar(settings.work_calendar)
        await asyncio.to_thread(
            calendar.is_worked, clock.now().date(), settings.work_zone
        )  # nobody waits for it later
        proof = KeyProof()
        stack.push_async_callback(proof.close)
        resources = Resources(db, clock, slack.team, coze, proof, texts)
        workspace_client = _workspace_client(settings, resources, owner)
        if workspace_client and workspace_client.counter:
            stack.push_async_callback(workspace_client.counter.close)
        channel = _channel_client(settings, coze)
        app = _wire(settings, part, slack, resources, workspace_client, channel)
        db.on_work, db.on_invalidated = app.job_runner.wake, job.homes
        if isinstance(clock, RemoteClock):
            clock.moved = app.job_runner.wake
        yield app


@dataclass(frozen=True)
class Forecasting:
    """The forecast by itself, at simulated time `now` (UTC), of the Slack workspaces `teams`."""

    forecasts: Forecasts
    now: datetime
    teams: Sequence[str]


@dataclass(frozen=True)
class Opened:
    """What a command works with: the database, whose schema is at head, and the clock."""

    db: Database
    clock: Clock


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Opened]:
    """Open the database, without Slack and Coze. Raises StartError."""
    async with contextlib.AsyncExitStack() as stack:
        url = revealed(settings.database_url)
        db = Database(url)
        stack.push_async_callback(db.close)
        await schema.reach_head(db, url, migrates=False)
        clock = _clock(settings, db, network_of(settings))
        if isinstance(clock, RemoteClock):
            stack.push_async_callback(clock.stop)
            await clock.start()
        yield Opened(db, clock)


@contextlib.asynccontextmanager
async def forecasting(settings: Settings) -> AsyncIterator[Forecasting]:
    """Open the database to read in it, without Slack and Coze. Raises StartError."""
    async with opened(settings) as it:
        async with it.db.read() as conn:
            teams = await forecast.teams(conn)
        forecasts = Forecasts(it.db, it.clock, timetable_of(settings), settings.work_zone)
        yield Forecasting(forecasts, it.clock.now(), teams)


def _keyring(settings: Settings) -> Keyring | None:
    """The keys of what is kept; None where nothing is."""
    return Keyring.parse(revealed(settings.credential_keys)) if settings.credential_keys else None


def _wire(
    settings: Settings,
    part: Part,
    slack: Connection,
    resources: Resources,
    workspace_client: WorkspaceClient | None,
    channel: ChannelClient | None,
) -> App:
    sender = Sender(resources.db, slack)
    groups = (settings.admin_group, settings.backup_admin_group)
    admins, deputies = frozenset(settings.admin_users), frozenset(settings.deputy_users)
    directory = Directory(sender, slack.identity, settings.work_zone, admins, *groups, deputies)
    asked = directory.lookup, directory.named, directory.backup, directory
    do = Services(resources, _deployment(settings), workspace_client, channel, *asked)
    url = workspace_url(settings.coze_base_url, settings.coze_workspace_id)
    features = Features(resources, do, slack, sender, directory, url)
    job_runner = JobRunner(resources.db, resources.clock, do.job_handlers() | features.job_handlers)
    sweeps, door = part != "web", None
    mine = job_runner if sweeps else None
    counter = workspace_client.counter if workspace_client else None
    rights = Rights(slack)
    health = Health(resources.db, resources.clock, slack.team, mine, {"slack": rights.trouble})
    if part != "worker":
        from bot.front import front  # a worker loads no Bolt and no web server

        door = front(settings, slack, resources, do, features, health)
    return App(
        resources.db,
        resources.clock,
        job_runner,
        do.housekeeping,
        health,
        Gauges(health, resources.clock, counter, _skews(slack, resources)),
        _alerts(settings, slack, sender, resources.db, health, rights),
        features.router,
        door,
        sweeps,
    )


def _alerts(
    settings: Settings, slack: Connection, sender: Sender, db: Database, health: Health, rights: Rights
) -> Alerts:
    locale = Locale(settings.default_language, settings.work_zone)
    teller = AlertTeller(slack, sender, str(settings.admin_channel), settings.alert_webhook, locale)
    return Alerts(db, slack.team, health, teller, lambda: rights.is_let_in)


def _skews(slack: Connection, resources: Resources) -> dict[str, Skew]:
    """By how much this machine's clock is ahead of theirs."""

    def coze() -> float | None:
        clock = resources.coze.clock
        return None if clock.now() is None else -clock.ahead(utc_now()).total_seconds()

    return {"slack": slack.time.skew, "coze": coze}


def _deployment(settings: Settings) -> Deployment:
    auto = settings.review_auto_approve
    policy = EscalationPolicy(
        time=WorkTime(settings.work_zone, WorkCalendar(settings.work_calendar).is_worked),
        first_hours=settings.remind_admins_hours,
        second_hours=settings.answer_hours,
        backup_hours=settings.backup_hours,
        expire=timedelta(days=settings.expire_days),
    )
    return Deployment(
        admin_channel=str(settings.admin_channel),
        deputies=settings.deputy_users,
        self_approval=settings.self_approval,
        language=settings.default_language,
        work_zone=settings.work_zone,
        timetable=timetable_of(settings),
        policy=policy,
        greets=settings.greet_new_members,
        public_url=settings.public_url,
        keys=_keyring(settings),
        sign_in_client=settings.coze_sign_in_client_id or "",
        workspace=settings.coze_workspace_id or "",
        connector=settings.coze_connector_id or "",
        configured=_configured(settings),
        owner_ends=settings.coze_owner_token_ends or "",
        review_channel=settings.review_channel or str(settings.admin_channel),
        announce_channel=settings.announce_channel or "",
        auto=AutoApproval(frozenset(auto), "all" in auto),
    )


def timetable_of(settings: Settings) -> Timetable:
    """When reminders come."""
    days = settings.remind_days
    more = settings.remind_days_long or days, settings.remind_days_owner or days
    calendar = WorkCalendar(settings.work_calendar)
    return Timetable(calendar.is_worked, days, *more, calendar.name, settings.remind_days_key)


def _configured(settings: Settings) -> Configured:
    """What is compared with Slack and Coze."""
    mine, owner = settings.coze_base_url, _owner(settings)
    secret = revealed(settings.slack_signing_secret) if settings.slack_transport == "http" else ""
    return Configured(
        admin_channel=str(settings.admin_channel),
        review_channel=settings.review_channel or "",
        announce_channel=settings.announce_channel or "",
        admin_users=settings.admin_users,
        admin_group=settings.admin_group or "",
        backup_admin_group=settings.backup_admin_group or "",
        deputy_users=settings.deputy_users,
        secret=fingerprint(secret, "signing secret"),
        owner=owner_fingerprint(owner),
        is_app=isinstance(owner, OwnerApp),
        workspace=settings.coze_workspace_id or "",
        connector=settings.coze_connector_id or "",
        host=urlsplit(mine).netloc,
        other=next(each for each in COZE_HOSTS if each != mine),
    )


def network_of(settings: Settings) -> Network:
    """How calls leave; what has no proxy of its own takes that of all."""
    rest = revealed(settings.all_proxy)
    return Network(
        revealed(settings.https_proxy) or rest,
        revealed(settings.http_proxy) or rest,
        settings.no_proxy or "",
        str(settings.ssl_cert_file or ""),
        settings.ssl_cert_dir or "",
    )


def _clock(settings: Settings, db: Database, network: Network) -> Clock:
    """Real time, or the playground's."""
    if not settings.clock_url:
        return SystemClock()

    async def due() -> datetime | None:
        try:
            async with db.read() as conn:
                return await job.next_due(conn)
        except Exception as error:
            if is_away(error):
                return None  # time goes on without the database
            raise

    return RemoteClock(settings.clock_url, due, network)


async def _coze(settings: Settings, network: Network, stack: contextlib.AsyncExitStack) -> CozeClient:
    http = await stack.enter_async_context(http_client(network, settings.coze_base_url))
    try:
        return CozeClient(settings.coze_base_url, http, playground=settings.bot_env == "playground")
    except ValueError as error:
        raise StartError(f"COZE_BASE_URL: {error}.") from None


def _workspace_client(settings: Settings, resources: Resources, owner: OwnerTokens | None) -> WorkspaceClient | None:
    """The owner's credential on Coze at work, each of its calls counted; None without one."""
    if owner is None or not settings.coze_workspace_id:
        return None
    counter = CallCounter(
        resources.db,
        resources.clock,
        resources.team,
        str(settings.admin_channel),
        owner_fingerprint(_owner(settings)),
        Edition(settings.coze_edition) if settings.coze_edition else None,
    )
    coze = resources.coze.counted(counter.sent)
    workspace, connector = settings.coze_workspace_id, settings.coze_connector_id or ""
    return WorkspaceClient(coze, owner(coze), workspace, connector, counter)


def _channel_client(settings: Settings, coze: CozeClient) -> ChannelClient | None:
    """The channel's own app at work, for its owner. Raises StartError."""
    app_id, kid, key_file = settings.coze_channel_app_id, settings.coze_channel_kid, settings.coze_channel_key_file
    if not (app_id and kid and key_file and settings.coze_connector_id):
        return None
    token = channel_token(coze, OwnerApp(app_id, kid, key_file, None))
    return ChannelClient(coze, token, settings.coze_connector_id)


def _owner(settings: Settings) -> SecretStr | OwnerApp | None:
    if settings.coze_owner_token:
        return settings.coze_owner_token
    app_id, kid, key_file = settings.coze_owner_app_id, settings.coze_owner_kid, settings.coze_owner_key_file
    return OwnerApp(app_id, kid, key_file, settings.coze_owner_account_id) if app_id and kid and key_file else None
