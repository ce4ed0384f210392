"""Each line of the doctor's, with what is right and what is wrong: real databases, a Slack and a Coze over HTTP."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.clock import utc_now
from bot.configured import configured_of
from bot.core.preflight import Finding, Look, Verdict
from bot.demo.run import demo
from bot.demo.setup import setup
from bot.doctor.examine import examine
from bot.doctor.line import Line
from bot.playground.server import Options, Playground, serve
from bot.services.preflight import wanted
from bot.services.preflight_checks import SECRET
from bot.settings import Settings, SettingsError, load
from bot.slack import manifest
from bot.store import calls, health, job, preflight, schema, setting
from bot.store.database import Database, normal
from bot.store.operator_tables import heartbeat
from bot.store.tables import job as jobs
from bot.texts.doctor import CHECKS, PROBLEMS
from bot.texts.locale import Locale
from tests.command import command
from tests.databases import KINDS, fresh, locked
from tests.full_disk import small_disk
from tests.processes import free_port

Json = dict[str, Any]
TEAM = "T0PLAYGROUND"
EN, ZH = Locale("en", "UTC"), Locale("zh", "Asia/Shanghai")


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh one of each kind."""
    with fresh(request.param, tmp_path) as url:
        yield url


@pytest.fixture
async def world() -> AsyncIterator[Playground]:
    """Slack and Coze; no bot."""
    playground = await serve(Options(), setup())
    yield playground
    await playground.stop()


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """A database at head, on which no bot has run."""
    with fresh("sqlite", tmp_path) as url:
        yield url


async def looked(env: Mapping[str, str], folder: Path | None = None, *, online: bool = True) -> dict[str, list[Line]]:
    """The lines by check, each of which has words in both languages."""
    try:
        settings: Settings | None = load(env)
        problems = dict[str, str]()
    except SettingsError as error:
        settings, problems = error.rest, error.problems
    lines = await examine(settings, problems, online=online, file=(folder or Path("/nowhere")) / ".env")
    assert [line.check for line in lines] == sorted((line.check for line in lines), key=[*CHECKS].index)
    for line in lines:
        assert line.name(EN) != line.name(ZH)
        assert line.says(ZH)
        assert (
            bool(line.remedy(ZH))
            == bool(line.remedy(EN))
            == bool(
                line.finding.problem
                and line.finding.verdict is not Verdict.RIGHT
                and PROBLEMS[line.finding.problem][1]
            )
        )
        assert "{" not in line.says(EN) + line.remedy(EN)
    return {check: [line for line in lines if line.check == check] for check in {line.check for line in lines}}


def said(lines: list[Line]) -> list[tuple[str, str]]:
    """Verdicts, and of what is not right the problems."""
    return [(str(line.finding.verdict), line.finding.problem) for line in lines]


def on(world: Playground, url: str, **settings: str) -> dict[str, str]:
    """The settings of a bot there, with these changed."""
    env = world.env() | {"DATABASE_URL": url} | settings
    return {name: value for name, value in env.items() if value}


async def changed(url: str, work: Callable[[Any], Awaitable[object]]) -> None:
    """Something is written."""
    db = Database(url)
    async with db.write() as tx:
        await work(tx)
    await db.close()


async def test_all_is_well_while_a_bot_runs(database: str, tmp_path: Path) -> None:
    """On both databases: nothing is wrong, and what is not known says so."""
    async with demo(Options(), database) as world:
        address = str(world.coze.state.callback_url).removesuffix("/coze/callback")
        env = on(world, database, PUBLIC_URL=address, ADMIN_USERS="U0LIN", DEPUTY_USERS="U0WANG", COZE_EDITION="team")
        found = await looked(env, tmp_path)
        assert found.keys() == CHECKS.keys() - {"signing_secret"}
        right = {
            check for check, lines in found.items() if {line.finding.verdict for line in lines} == {Verdict.RIGHT}
        }
        assert found.keys() - right <= {"backup", "disk", "coze", "groups"}
        assert said(found["coze"])[-1] == ("unknown", "connector_unseen")
        assert world.ready()["slack"]["bot_user"] in found["bot_token"][0].says(EN)
        assert found["address"][0].says(EN).startswith("/healthz, /coze/callback answer at")
        assert found["calls"][0].says(EN).endswith("without an end.")

        async def told() -> dict[str, list[Line]]:
            return await looked({**env, "ADMIN_USERS": "", "DEPUTY_USERS": "", "COZE_EDITION": ""}, online=False)

        remembered = await told()
        while said(remembered["channel"])[0] == ("unknown", "not_asked"):  # the bot asks in the background
            await asyncio.sleep(0.05)
            remembered = await told()
        assert "as the bot found at" in remembered["channel"][0].says(EN)
        assert said(remembered["bot_token"]) == [("unknown", "not_asked")]


async def test_what_was_asked_is_counted(world: Playground, url: str) -> None:
    """Two calls of the owner's, as the option says."""
    await looked(on(world, url))
    sent = [call for call in world.coze.state.calls if call.credential == "concierge"]
    found = await looked(on(world, url, COZE_EDITION="free"), online=False)
    assert len(sent) == 2
    assert said(found["calls"]) == [("unknown", "not_asked")] or found["calls"][0].finding.values["used"] in (
        "0",
        "2",
    )


SLACK_SIDE: dict[str, tuple[dict[str, str], str, str]] = {
    "token refused": ({"SLACK_BOT_TOKEN": "xoxb-1-wrong"}, "bot_token", "bot_token_refused"),
    "slack away": ({"SLACK_API_URL": "http://127.0.0.1:1/api"}, "bot_token", "slack_away"),
    "app token refused": ({"SLACK_APP_TOKEN": "xapp-1-A1-wrong"}, "app_token", "app_token_refused"),
    "not in channel": ({"ADMIN_CHANNEL": "C0RANDOM"}, "channel", "channel_outside"),
    "no such channel": ({"ANNOUNCE_CHANNEL": "C0NOWHERE"}, "channel", "channel_unknown"),
    "admin gone": ({"ADMIN_USERS": "U0LIN,U0GONE"}, "admins", "person_deactivated"),
    "deputy a guest": ({"DEPUTY_USERS": "U0GUEST"}, "deputies", "person_guest"),
    "no such group": ({"BACKUP_ADMIN_GROUP": "S0NOBODY"}, "groups", "group_unknown"),
    "credential": ({"COZE_OWNER_TOKEN": "pat_mistyped"}, "coze", "token_refused"),
    "workspace": ({"COZE_WORKSPACE_ID": "7530519246604599999"}, "coze", "workspace_unseen"),
    "connector": ({"COZE_CONNECTOR_ID": "1024"}, "coze", "connector_official"),
}


@pytest.mark.parametrize("name", SLACK_SIDE)
async def test_what_slack_and_coze_don_t_confirm(name: str, world: Playground, url: str) -> None:
    settings, check, problem = SLACK_SIDE[name]
    found = await looked(on(world, url, **settings))
    assert ("wrong", problem) in said(found[check]) or ("wrong", "token_foreign") in said(found[check])
    others = {each for each, lines in found.items() if any(line.is_wrong for line in lines)} - {check}
    assert others == set()


async def test_a_scope_is_missing(url: str) -> None:
    """The app was installed by an older manifest."""
    old = manifest.read()
    old["oauth_config"]["scopes"]["bot"].remove("usergroups:read")
    old["oauth_config"]["scopes"]["bot"].remove("im:history")
    playground = await serve(Options(), replace(setup(), manifest=old))
    try:
        found = await looked(on(playground, url, ADMIN_USERS="U0LIN", ADMIN_GROUP=""))
        assert [line.says(EN) for line in found["scopes"]] == [
            "The app was installed without im:history; the rest works."
        ]
        assert "→" not in found["scopes"][0].remedy(EN)
        assert "OAuth & Permissions" in found["scopes"][0].remedy(EN)
    finally:
        await playground.stop()


async def test_a_key_that_is_none(world: Playground, url: str, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text("-----BEGIN PRIVATE KEY-----\nMIIEcAnArY0123456789\n-----END PRIVATE KEY-----\n")
    app = {"COZE_OWNER_APP_ID": "1", "COZE_OWNER_KID": "k", "COZE_OWNER_ACCOUNT_ID": "7"}
    found = await looked(on(world, url, COZE_OWNER_TOKEN="", COZE_OWNER_KEY_FILE=str(key), **app))
    assert ("wrong", "key_useless") in said(found["coze"])


async def test_no_credential_is_no_fault(world: Playground, url: str) -> None:
    found = await looked(on(world, url, COZE_OWNER_TOKEN=""))
    assert [line.says(EN) for line in found["coze"]] == ["No credential is set: admins invite and publish by hand."]
    assert "calls" not in found


async def test_the_signing_secret_is_known_by_deliveries(world: Playground, url: str) -> None:
    env = on(world, url, SLACK_TRANSPORT="http")
    assert said((await looked(env))["signing_secret"]) == [("unknown", "secret_unseen")]
    assert "app_token" not in await looked(env)
    (inputs,) = [inputs for check, inputs in wanted(configured_of(load(env))) if check.name == SECRET]
    refused = Finding("SLACK_SIGNING_SECRET", Verdict.WRONG, "secret_refused", {"count": "3"})
    await changed(url, lambda tx: preflight.save(tx, TEAM, [Look(SECRET, inputs, [refused], utc_now())]))
    await changed(url, known)
    for online in (True, False):
        (line,) = (await looked(env, online=online))["signing_secret"]
        assert line.is_wrong
        assert "3 refused" in line.says(EN)


async def known(tx: Any) -> None:
    """Somebody of the workspace has written to the bot."""
    from bot.core.people import Person, Standing
    from bot.store import people

    lin = Person(TEAM, "U0LIN", "lin", "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin=True, seen_at=utc_now())
    await people.save(tx, lin)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("PORT", "many", "must be a whole number"), ("SLACK_BOT_TOKEN", "xapp-1-A1-x", "it must be a bot token")],
)
async def test_a_wrong_setting(name: str, value: str, words: str, world: Playground, url: str) -> None:
    """In the words of a start; what needs none of Slack's settings is looked at all the same."""
    found = await looked(on(world, url, **{name: value}))
    assert [line.finding.setting for line in found["settings"]] == [name]
    assert words in found["settings"][0].says(EN)
    assert said(found["bot_token"]) == [("unknown", "skipped")]
    assert said(found["write"]) == [("right", "")]


async def test_a_file_of_settings_that_others_may_read(world: Playground, url: str, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.touch(0o644)
    file.chmod(0o644)
    assert said((await looked(on(world, url), tmp_path, online=False))["settings"]) == [("wrong", "env_open")]
    file.chmod(0o600)
    assert said((await looked(on(world, url), tmp_path, online=False))["settings"]) == [("right", "")]


async def test_a_database_that_is_none(world: Playground, tmp_path: Path) -> None:
    """It makes none, and nothing else depends on it."""
    new = tmp_path / "new.db"
    found = await looked(on(world, f"sqlite:///{new}"))
    assert said(found["database"]) == [("unknown", "database_new")]
    assert said(found["calls"]) == [("unknown", "skipped")]
    assert not new.exists()
    (tmp_path / "bad.db").write_text("this is no database" * 100)
    found = await looked(on(world, f"sqlite:///{tmp_path / 'bad.db'}"))
    assert said(found["database"]) == [("wrong", "file_away")]
    assert said(found["bot_token"]) == [("right", "")]
    found = await looked(on(world, f"postgresql://u:cAnArY7s@127.0.0.1:{free_port()}/n"), online=False)
    assert said(found["database"]) == [("wrong", "database_away")]
    assert "cAnArY7s" not in str(found)


async def test_a_schema_of_another_version(world: Playground, tmp_path: Path) -> None:
    for make, problem in (
        (lambda url: schema.migrate(url, "0028"), ("wrong", "schema_old")),
        (_newer, ("wrong", "schema_new")),
    ):
        with fresh("sqlite", tmp_path, None) as url:
            make(url)
            found = await looked(on(world, url), online=False)
            assert said(found["schema"]) == [problem]
            assert said(found["write"]) == [("unknown", "skipped")]
    with fresh("sqlite", tmp_path, None) as url:
        sqlite3.connect(str(normal(url).database)).execute("VACUUM").connection.close()
        assert said((await looked(on(world, url), online=False))["schema"]) == [("unknown", "schema_none")]


def _newer(url: str) -> None:
    schema.migrate(url)
    with contextlib.closing(sqlite3.connect(str(normal(url).database))) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
        conn.commit()


async def test_a_database_that_takes_no_write(world: Playground, tmp_path: Path) -> None:
    with fresh("postgresql", tmp_path) as url, locked(url, "heartbeat"):
        found = await looked(on(world, url), online=False)
    assert said(found["database"]) == [("right", "")]
    assert said(found["write"]) == [("wrong", "write_refused")] or said(found["database"]) == [
        ("wrong", "database_away")
    ]


async def test_a_disk_that_is_nearly_full(world: Playground, tmp_path: Path) -> None:
    with small_disk(tmp_path) as disk:
        found = await looked(on(world, f"sqlite:///{disk.folder / 'new.db'}"), online=False)
    assert said(found["disk"]) == [("wrong", "disk_full")]


async def test_how_long_ago_a_worker_and_a_backup_were_seen(world: Playground, tmp_path: Path) -> None:
    """Never, long ago, and just now."""
    with fresh("sqlite", tmp_path) as url:
        env = on(world, url)
        before = await looked(env, online=False)
        assert said(before["sweep"] + before["backup"]) == [("unknown", "sweep_never"), ("unknown", "backup_never")]
        done = await asyncio.to_thread(command, tmp_path, "backup", "copy.db", env={"DATABASE_URL": url})
        assert done.returncode == 0
        await changed(url, lambda tx: health.beat(tx, health.SWEEP))
        now = await looked(env, online=False)
        assert said(now["sweep"] + now["backup"]) == [("right", ""), ("right", "")]
        earlier = update(heartbeat).values(at=heartbeat.c.at - 8 * 86_400)
        await changed(url, lambda tx: tx.conn.execute(earlier))
        old = await looked(env, online=False)
        assert said(old["sweep"] + old["backup"]) == [("wrong", "sweep_old"), ("wrong", "backup_old")]
        assert "8 days old" in old["backup"][0].says(EN)


async def test_jobs_that_were_given_up(world: Playground, url: str) -> None:
    async def dead(tx: Any) -> None:
        await job.enqueue(tx, TEAM, "invite", "1", utc_now())
        await tx.conn.execute(update(jobs).values(state="dead"))

    await changed(url, dead)
    await changed(url, known)
    (line,) = (await looked(on(world, url), online=False))["jobs"]
    assert (line.is_wrong, line.says(EN)) == (True, "1 were given up.")


async def test_what_admins_set_in_slack_is_named(world: Playground, url: str) -> None:
    """As long as it holds: what was put back is the environment's again."""
    before = (await looked(on(world, url), online=False))["changes"]
    assert [line.says(EN) for line in before] == ["Nothing is: the environment holds."]
    news = [setting.New("remind_days", None, "5,1"), setting.New("welcome", None, "你好")]
    await changed(url, lambda tx: setting.add(tx, TEAM, news, "U0LIN", utc_now(), None))
    back = [setting.New("welcome", "你好", None)]
    await changed(url, lambda tx: setting.add(tx, TEAM, back, "U0LIN", utc_now(), None))
    (line,) = (await looked(on(world, url), online=False))["changes"]
    assert (line.is_wrong, line.says(EN)) == (False, "REMIND_DAYS: set in Slack, whatever the environment says.")


async def test_what_was_set_in_slack_and_holds_no_more_is_told(world: Playground, url: str) -> None:
    """The environment has made somebody a deputy since, who can't be an admin too."""
    new = setting.New("admin_users", None, "U0WANG")
    await changed(url, lambda tx: setting.add(tx, TEAM, [new], "U0LIN", utc_now(), None))
    (line,) = (await looked(on(world, url, DEPUTY_USERS="U0WANG"), online=False))["changes"]
    assert (line.is_wrong, line.says(EN).split(":")[0]) == (True, "ADMIN_USERS")


async def test_a_clock_that_is_off(world: Playground, url: str) -> None:
    """Slack's Date tells, by the clock that dates messages."""
    assert said((await looked(on(world, url, CLOCK_URL="")))["clock"]) == [("right", "")]
    world.clock.advance(timedelta(hours=1))
    found = await looked(on(world, url, CLOCK_URL=""))
    assert said(found["clock"]) == [("wrong", "clock_off")]
    assert "-3" in found["clock"][0].says(EN)


async def test_a_proxy_that_is_dead(world: Playground, url: str) -> None:
    proxy = f"http://mei:cAnArY7s@127.0.0.1:{free_port()}"
    env = on(world, url, SLACK_API_URL="http://slack.invalid/api", HTTP_PROXY=proxy)
    found = await looked(env)
    assert said(found["proxy"] + found["bot_token"]) == [("wrong", "proxy_dead"), ("wrong", "slack_away")]
    assert "the proxy does not answer" in found["bot_token"][0].says(EN)
    assert "cAnArY7s" not in " ".join(line.says(EN) for lines in found.values() for line in lines)
    assert "Slack → 127.0.0.1" in (await looked(env, online=False))["proxy"][0].says(EN)


async def test_an_address_that_leads_elsewhere(world: Playground, url: str) -> None:
    async def at(address: str) -> list[tuple[str, str]]:
        return said((await looked(on(world, url, PUBLIC_URL=address)))["address"])

    assert await at(f"http://127.0.0.1:{free_port()}") == [("wrong", "address_silent")]
    assert await at(world.url.rstrip("/")) == [("wrong", "address_other")]
    assert await at("") == [("unknown", "address_untold")]
    desk = {f"COZE_{name}": "" for name in ("CHANNEL_APP_ID", "CHANNEL_KID", "CHANNEL_KEY_FILE", "CALLBACK_TOKEN")}
    found = await looked(on(world, url, **desk), online=False)
    assert "Socket Mode" in found["address"][0].says(EN)


@pytest.mark.parametrize(
    ("used", "verdict"), [(3, ("right", "")), (480, ("wrong", "calls_short")), (500, ("wrong", "calls_none"))]
)
async def test_calls_that_run_out(used: int, verdict: tuple[str, str], world: Playground, url: str) -> None:
    """By the bot's own count; what Coze has said goes before it."""
    env = on(world, url, COZE_EDITION="free")

    async def spent(tx: Any) -> None:
        mine = configured_of(load(env)).owner
        await calls.add(tx, TEAM, mine, utc_now().date(), used)
        if used == 500:
            await calls.stop(tx, TEAM, mine, utc_now())

    await changed(url, known)
    await changed(url, spent)
    assert said((await looked(env, online=False))["calls"]) == [verdict]
    if used == 3:
        unknown = await looked(on(world, url), online=False)
        assert said(unknown["calls"]) == [("unknown", "calls_unknown")]
