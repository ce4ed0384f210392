"""The one place where the rooms meet: settings become a running bot."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.clock import Clock, RemoteClock, utc_now
from bot.configured import deployment_of, keyring_of, network_of, owner_of
from bot.core.errors import StartError, Tell, untold
from bot.coze.keys import KeyProof
from bot.coze.site import workspace_url
from bot.opened import channel_client_of, clock_of, counter_of, coze_of, due_in, running_of, workspace_client_of
from bot.services.alerts import Alerts
from bot.services.audit_chain import AuditChain
from bot.services.channel_client import ChannelClient
from bot.services.deployment import Resources
from bot.services.gauges import Gauges, Skew
from bot.services.guide.wiring import texts_of
from bot.services.health import Health
from bot.services.housekeeping import Housekeeping
from bot.services.job_runner import JobRunner
from bot.services.owner import owner_tokens
from bot.services.rotation import check_keys
from bot.services.setting import RunningSettings
from bot.services.tick import sweeping
from bot.services.wiring import Services
from bot.services.workspace_client import WorkspaceClient
from bot.settings import Settings, revealed
from bot.slack.alerts import AlertTeller
from bot.slack.connection import Connection, connected
from bot.slack.people import Directory
from bot.slack.rights import Rights
from bot.slack.router import Router
from bot.slack.send import Sender
from bot.slack.wiring import Features
from bot.store import job, schema
from bot.store.database import Database
from bot.texts.labels import unknown_in
from bot.texts.locale import Locale
from bot.workdays import WorkCalendar

if TYPE_CHECKING:
    from bot.front import Front
    from bot.slack.dispatch import Dispatch

log = logging.getLogger(__name__)

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
    audit_chain: AuditChain
    health: Health
    gauges: Gauges
    alerts: Alerts
    router: Router
    settings: RunningSettings
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
            await stack.enter_async_context(self.settings.followed())
            if self.sweeps:
                await self.housekeeping.plan()
                await stack.enter_async_context(sweeping(self.job_runner, self.audit_chain.seal))
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
        coze = await coze_of(settings, network, stack)
        owner = owner_tokens(coze.audience, owner_of(settings))
        db, url = Database(revealed(settings.database_url)), revealed(settings.database_url)
        stack.push_async_callback(db.close)
        await schema.reach_head(db, url, migrates=part == "run", tell=tell)
        clock = clock or clock_of(settings, network, due_in(db))
        if isinstance(clock, RemoteClock):
            stack.push_async_callback(clock.stop)
            await clock.start()
        tokens = revealed(settings.slack_bot_token), revealed(settings.slack_app_token)
        slack = await stack.enter_async_context(
            connected(tokens[0], settings.slack_api_url, clock, network, tokens[1], tell)
        )
        await check_keys(db, keyring_of(settings))
        calendar = WorkCalendar(settings.work_calendar)
        await asyncio.to_thread(
            calendar.is_worked, clock.now().date(), settings.work_zone
        )  # nobody waits for it later
        proof = KeyProof()
        stack.push_async_callback(proof.close)
        resources = Resources(db, clock, slack.team, coze, proof, texts)
        counter = counter_of(settings, db, clock, slack.team)
        workspace_client = workspace_client_of(settings, coze, owner, counter)
        if workspace_client:
            stack.push_async_callback(counter.close)
        channel = channel_client_of(settings, coze)
        running = await running_of(settings, db, clock, slack.team)
        if unknown := unknown_in(settings.coze_labels, texts.labels):
            log.warning("COZE_LABELS names what no text does, and no text follows: %s", ", ".join(unknown))
        app = _wire(settings, part, slack, resources, running, workspace_client, channel)
        db.on_work, db.on_invalidated = app.job_runner.wake, job.homes
        if isinstance(clock, RemoteClock):
            clock.moved = app.job_runner.wake
        yield app


def _wire(
    settings: Settings,
    part: Part,
    slack: Connection,
    resources: Resources,
    running: RunningSettings,
    workspace_client: WorkspaceClient | None,
    channel: ChannelClient | None,
) -> App:
    sender = Sender(resources.db, slack)
    groups = (settings.admin_group, settings.backup_admin_group)
    deputies = frozenset(settings.deputy_users)
    directory = Directory(sender, slack.identity, settings.work_zone, running.look, *groups, deputies)
    asked = directory.lookup, directory.named, directory.backup, directory
    do = Services(resources, deployment_of(settings, running), workspace_client, channel, *asked)
    url = workspace_url(settings.coze_base_url, settings.coze_workspace_id)
    features = Features(resources, do, slack, sender, directory, url)
    job_runner = JobRunner(resources.db, resources.clock, do.fresh(do.job_handlers() | features.job_handlers))
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
        do.audit_chain,
        health,
        Gauges(health, resources.clock, counter, do.owner, _skews(slack, resources)),
        _alerts(settings, slack, sender, resources.db, health, rights),
        features.router,
        running,
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
