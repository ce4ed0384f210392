"""Whose member somebody is, and whose delivery: on an Enterprise Grid, in shared channels, with odd facts."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.people import Person, Standing
from bot.demo.setup import setup
from bot.playground.server import Options, serve
from bot.playground.world.chat import GRID
from bot.playground.world.workspace import Workspace
from bot.slack.connection import Identity
from bot.slack.events_wire import profile_of
from bot.slack.people import Directory
from bot.store.database import processed_delivery
from bot.store.tables import person
from tests.databases import fresh
from tests.slack.bot import MEI, TEAM, TOM, Bot, awake_in

OURS, HOME, ORG = "T0OURS", "T0HOME", "E0ORG"
IDENTITY = Identity(OURS, "B1", "U1", ORG)
OF_ORG = Identity(ORG, "B1", "U1", ORG, is_org_wide=True)
GRID_MEMBER = {"team_id": HOME, "enterprise_user": {"enterprise_id": ORG, "teams": [HOME, OURS]}}

WHO: list[tuple[dict[str, Any], Standing]] = [
    ({"team_id": OURS}, Standing.MEMBER),
    ({"team_id": OURS, "is_stranger": False}, Standing.MEMBER),
    (GRID_MEMBER, Standing.MEMBER),
    ({**GRID_MEMBER, "team_id": ORG}, Standing.MEMBER),
    ({**GRID_MEMBER, "team_id": None}, Standing.MEMBER),
    ({**GRID_MEMBER, "is_stranger": True}, Standing.MEMBER),
    ({**GRID_MEMBER, "is_restricted": True}, Standing.GUEST),
    ({**GRID_MEMBER, "is_ultra_restricted": True}, Standing.GUEST),
    ({**GRID_MEMBER, "deleted": True}, Standing.DEACTIVATED),
    ({**GRID_MEMBER, "is_bot": True}, Standing.BOT),
    ({"team_id": HOME, "teams": [HOME, OURS]}, Standing.MEMBER),
    ({"team_id": None}, Standing.MEMBER),
    ({}, Standing.MEMBER),
    ({"team_id": None, "is_restricted": True}, Standing.GUEST),
    ({"team_id": OURS, "enterprise_user": None, "profile": None}, Standing.MEMBER),
    ({"team_id": OURS, "enterprise_user": "x", "profile": []}, Standing.MEMBER),
    ({"team_id": HOME}, Standing.STRANGER),
    ({"team_id": HOME, "is_stranger": False}, Standing.STRANGER),
    ({"team_id": HOME, "is_restricted": True}, Standing.STRANGER),
    ({"team_id": HOME, "enterprise_user": {"enterprise_id": ORG, "teams": [HOME]}}, Standing.STRANGER),
    ({"team_id": None, "enterprise_user": {"enterprise_id": ORG, "teams": [HOME]}}, Standing.STRANGER),
    ({"team_id": HOME, "enterprise_user": {"enterprise_id": ORG}}, Standing.STRANGER),
    ({"team_id": HOME, "enterprise_user": {"teams": [None, 5, {"id": OURS}]}}, Standing.STRANGER),
    ({"team_id": None, "profile": {"team": HOME}}, Standing.STRANGER),
    ({"team_id": None, "is_stranger": True}, Standing.STRANGER),
    ({"team_id": OURS, "is_stranger": True}, Standing.STRANGER),
    ({"team_id": OURS, "is_workflow_bot": True}, Standing.BOT),
    ({"id": "USLACKBOT", "team_id": OURS}, Standing.BOT),
]


def known(user: dict[str, Any], identity: Identity = IDENTITY) -> Person:
    """The person behind a user object, for a bot that is installed so; nobody is asked."""
    profile = profile_of({"id": "U0MEI", **user})
    assert profile
    return Directory(None, identity, "Asia/Shanghai", None, None).told(profile)  # type: ignore[arg-type]


@pytest.mark.parametrize(("user", "standing"), WHO, ids=[str(each[0]) for each in WHO])
def test_whose_member_somebody_is(user: dict[str, Any], standing: Standing) -> None:
    assert known(user).standing is standing


@pytest.mark.parametrize(
    ("org", "standing"), [(ORG, Standing.MEMBER), ("E0OTHER", Standing.STRANGER), (None, Standing.STRANGER)]
)
def test_an_app_of_the_whole_organisation_serves_all_of_it(org: str | None, standing: Standing) -> None:
    assert (
        known({"team_id": HOME, "enterprise_user": {"enterprise_id": org, "teams": [HOME]}}, OF_ORG).standing
        is standing
    )


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"name": "mei.l", "real_name": "Mei Lin", "profile": {"display_name": "小美", "real_name": "M"}}, "小美"),
        ({"name": "mei.l", "real_name": "Mei Lin", "profile": {"display_name": "", "real_name": "M"}}, "M"),
        ({"name": "mei.l", "real_name": "Mei Lin", "profile": {"display_name": None}}, "Mei Lin"),
        ({"name": "mei.l", "real_name": "Mei Lin", "profile": {"display_name": " \u200b\u3000"}}, "Mei Lin"),
        ({"name": "mei.l", "real_name": "Mei Lin", "profile": {"display_name": 5}}, "Mei Lin"),
        ({"name": "mei.l", "real_name": None, "profile": None}, "U0MEI"),
        ({"name": None}, "U0MEI"),
        ({"profile": {"display_name": "🦊"}}, "🦊"),
        ({"profile": {"display_name": "م" * 300}}, "م" * 200),
        ({"profile": {"display_name": "*<!channel>*\0"}}, "*<!channel>*\ufffd"),
    ],
    ids=str,
)
def test_people_are_called_as_they_call_themselves(user: dict[str, Any], name: str) -> None:
    """By their display name, else their real one; never by the handle."""
    assert known(user).name == name


@pytest.mark.parametrize(
    ("tz", "offset", "zone"),
    [
        ("America/New_York", -18000, "America/New_York"),
        ("Mars/Base", -10800, "Etc/GMT+3"),
        ("", 28800, "Etc/GMT-8"),
        (None, 0, "UTC"),
        ("../../etc/passwd", 19800, "Asia/Kolkata"),
        ("America", 20700, "Asia/Kathmandu"),
        ("x" * 500, 45900, "Etc/GMT-13"),
        (7, 50400, "Etc/GMT-14"),
        ("A\0B", None, "Asia/Shanghai"),
        ("", 10**9, "Asia/Shanghai"),
        ("", "3600", "Asia/Shanghai"),
        ("", True, "Asia/Shanghai"),
    ],
    ids=str,
)
def test_a_zone_that_is_not_known_falls_back(tz: object, offset: object, zone: str) -> None:
    """To the distance from UTC that Slack tells, else to the operator's zone."""
    assert known({"tz": tz, "tz_offset": offset}).tz == zone


def test_a_stored_zone_that_is_not_known_is_utc() -> None:
    """As one that a process with newer zones has stored."""
    assert replace(known({}), tz="Mars/Base").tz == "UTC"


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """In a workspace of an Enterprise Grid."""

    def of_grid(workspace: Workspace) -> None:
        setup().chat(workspace)
        workspace.enterprise_id = GRID

    slack = await serve(Options(transport="http"), replace(setup(), chat=of_grid))
    try:
        with fresh("sqlite", tmp_path) as url:
            async with awake_in(slack, url) as one:
                await one.knows(MEI)
                yield one
    finally:
        await slack.stop()


def app(bot: Bot) -> str:
    return bot.slack.main_app.id


INTERACTIONS: list[tuple[dict[str, Any], bool]] = [
    ({"team": None, "enterprise": {"id": GRID, "name": "Grid"}, "is_enterprise_install": True}, True),
    ({"team": {"id": HOME}, "enterprise": {"id": GRID}, "is_enterprise_install": True}, True),
    ({"team": {"id": TEAM, "enterprise_id": GRID}, "enterprise": None, "is_enterprise_install": False}, True),
    ({"team": None, "enterprise": None, "user": {"id": MEI, "team_id": TEAM}}, True),
    ({"team": None, "enterprise": {"id": GRID}, "user": {"id": MEI, "team_id": HOME}}, True),
    ({"team": None, "enterprise": {"id": "E0OTHER"}, "is_enterprise_install": True}, False),
    ({"team": {"id": HOME}, "enterprise": {"id": "E0OTHER"}, "is_enterprise_install": True}, False),
    ({"team": {"id": HOME, "enterprise_id": GRID}, "is_enterprise_install": False}, False),
    ({"team": None, "enterprise": None, "user": {"id": MEI, "team_id": HOME}}, False),
    ({"team": None, "enterprise": {"id": GRID}, "api_app_id": "A0OTHER"}, False),
]


@pytest.mark.parametrize(("whose", "ours"), INTERACTIONS, ids=[str(each[0]) for each in INTERACTIONS])
async def test_whose_interaction_it_is(bot: Bot, whose: dict[str, Any], *, ours: bool) -> None:
    told = await bot.presses(MEI, "people.language", "en", **{"api_app_id": app(bot), **whose})
    assert told.status == 200
    assert bool(await bot.rows(processed_delivery)) == ours


@pytest.mark.parametrize(
    ("whose", "ours"),
    [
        ({"team_id": TEAM, "enterprise_id": GRID, "is_enterprise_install": "false"}, True),
        ({"team_id": HOME, "enterprise_id": GRID, "is_enterprise_install": "true"}, True),
        ({"team_id": HOME, "enterprise_id": GRID, "is_enterprise_install": "false"}, False),
        ({"team_id": HOME, "enterprise_id": "E0OTHER", "is_enterprise_install": "true"}, False),
    ],
    ids=str,
)
async def test_whose_command_it_is(bot: Bot, whose: dict[str, Any], *, ours: bool) -> None:
    """Its flags are words."""
    body = {"command": "/sharge", "text": "lang en", "user_id": MEI, "trigger_id": "1.2", "api_app_id": app(bot)}
    assert (await bot.delivered({**body, **whose})).status == 200
    assert bool(await bot.rows(processed_delivery)) == ours


def event(bot: Bot, user: dict[str, Any], **whose: Any) -> dict[str, Any]:
    shown = {"type": "event_callback", "event_id": "Ev1", "api_app_id": app(bot), "team_id": TEAM}
    return {**shown, "event": {"type": "user_change", "user": user}, **whose}


@pytest.mark.parametrize(
    ("whose", "ours"),
    [
        ({"team_id": HOME, "authorizations": [{"team_id": TEAM, "enterprise_id": GRID, "user_id": "U1"}]}, True),
        (
            {
                "team_id": None,
                "enterprise_id": GRID,
                "authorizations": [{"team_id": None, "enterprise_id": GRID, "is_enterprise_install": True}],
            },
            True,
        ),
        ({"team_id": HOME, "enterprise_id": GRID, "authorizations": [{"team_id": HOME}]}, False),
        ({"team_id": HOME, "authorizations": None}, False),
    ],
    ids=str,
)
async def test_whose_event_it_is(bot: Bot, whose: dict[str, Any], *, ours: bool) -> None:
    assert (await bot.delivered(event(bot, {"id": TOM, "team_id": TEAM}, **whose))).status == 200
    assert (TOM in [row["user_id"] for row in await bot.rows(person)]) == ours


async def test_an_event_that_leaves_out_the_workspaces_is_not_believed(bot: Bot) -> None:
    """Another workspace is named and no list of all: the row stays, and Slack is asked before anything is decided."""
    bot.slack.world.chat.person("mei").grid = True
    told = await bot.delivered(event(bot, {"id": MEI, "team_id": HOME}))
    (mei,) = [row for row in await bot.rows(person) if row["user_id"] == MEI]
    assert (mei["standing"], mei["seen_at"].year) == (Standing.MEMBER, 1970)
    assert told.after
    await told.after()
    (mei,) = [row for row in await bot.rows(person) if row["user_id"] == MEI]
    assert (mei["standing"], mei["seen_at"].year > 1970) == (Standing.MEMBER, True)
