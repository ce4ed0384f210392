"""What a process or a command opens by the settings: clock, database, and the clients that act on Coze."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.clock import Clock, RemoteClock, SystemClock
from bot.configured import in_force, network_of, owner_of
from bot.core.calls import Edition
from bot.core.errors import StartError
from bot.coze.client import CozeClient, http_client
from bot.network import Network
from bot.services.call_counter import CallCounter
from bot.services.channel_client import ChannelClient
from bot.services.forecast import Forecasts
from bot.services.owner import OwnerApp, OwnerTokens, channel_token, owner_fingerprint
from bot.services.setting import RunningSettings
from bot.services.workspace_client import WorkspaceClient
from bot.settings import Settings, revealed
from bot.store import forecast, job, schema, setting
from bot.store.database import Database, is_away

Due = Callable[[], Awaitable[datetime | None]]


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
        clock = clock_of(settings, network_of(settings), due_in(db))
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
        running = await running_of(settings, it.db, it.clock, next(iter(teams), ""))
        forecasts = Forecasts(it.db, it.clock, running.timetable, settings.work_zone)
        yield Forecasting(forecasts, it.clock.now(), teams)


async def effective(settings: Settings, it: Opened) -> dict[str, RunningSettings]:
    """The settings in force, with what admins have changed, by the Slack workspace; that of "" is the environment's
    alone where nobody has changed anything.
    """
    async with it.db.read() as conn:
        teams = await setting.teams(conn)
    return {team: await running_of(settings, it.db, it.clock, team) for team in teams or [""]}


async def running_of(settings: Settings, db: Database, clock: Clock, team_id: str) -> RunningSettings:
    """The settings in force in this Slack workspace, as of now."""
    running = RunningSettings(db, clock, team_id, partial(in_force, settings))
    await running.look()
    return running


def clock_of(settings: Settings, network: Network, due: Due) -> Clock:
    """Real time, or the playground's, which is told when work is `due` next."""
    return RemoteClock(settings.clock_url, due, network) if settings.clock_url else SystemClock()


def due_in(db: Database) -> Due:
    """When work is due next in the database; time goes on without it."""

    async def due() -> datetime | None:
        try:
            async with db.read() as conn:
                return await job.next_due(conn)
        except Exception as error:
            if is_away(error):
                return None
            raise

    return due


async def coze_of(settings: Settings, network: Network, stack: contextlib.AsyncExitStack) -> CozeClient:
    """The client of Coze, for as long as the stack lasts. Raises StartError."""
    http = await stack.enter_async_context(http_client(network, settings.coze_base_url))
    try:
        return CozeClient(settings.coze_base_url, http, playground=settings.bot_env == "playground")
    except ValueError as error:
        raise StartError(f"COZE_BASE_URL: {error}.") from None


def counter_of(settings: Settings, db: Database, clock: Clock, team_id: str) -> CallCounter:
    """What counts the calls of the owner's credential on Coze."""
    edition = Edition(settings.coze_edition) if settings.coze_edition else None
    fingerprint = owner_fingerprint(owner_of(settings))
    return CallCounter(db, clock, team_id, str(settings.admin_channel), fingerprint, edition)


def workspace_client_of(
    settings: Settings, coze: CozeClient, owner: OwnerTokens | None, counter: CallCounter | None
) -> WorkspaceClient | None:
    """The owner's credential on Coze at work, each of its calls counted; None without one."""
    if owner is None or not settings.coze_workspace_id:
        return None
    coze = coze.counted(counter.sent) if counter else coze
    workspace, connector = settings.coze_workspace_id, settings.coze_connector_id or ""
    return WorkspaceClient(coze, owner(coze), workspace, connector, counter)


def channel_client_of(settings: Settings, coze: CozeClient) -> ChannelClient | None:
    """The channel's own app at work, for its owner. Raises StartError."""
    app_id, kid, key_file = settings.coze_channel_app_id, settings.coze_channel_kid, settings.coze_channel_key_file
    if not (app_id and kid and key_file and settings.coze_connector_id):
        return None
    token = channel_token(coze, OwnerApp(app_id, kid, key_file, None))
    return ChannelClient(coze, token, settings.coze_connector_id)
