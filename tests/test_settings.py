"""Settings: everything that is wrong is named at once, with what to do, and no secret is ever shown."""

import base64
import re
from pathlib import Path

import pytest

from bot.core.remind import DAYS
from bot.settings import Settings, SettingsError, load
from tests.settings_table import defaults, table

ROOT = Path(__file__).resolve().parent.parent
CANARY = "CANARY0123456789"

SOCKET = {
    "SLACK_BOT_TOKEN": f"xoxb-{CANARY}",
    "SLACK_APP_TOKEN": f"xapp-{CANARY}",
    "ADMIN_CHANNEL": "C0ADMINS",
    "ADMIN_USERS": "U0LIN, U0WANG",
}
HTTP = {**SOCKET, "SLACK_TRANSPORT": "http", "SLACK_SIGNING_SECRET": CANARY, "SLACK_APP_TOKEN": ""}
OWNER_APP = {
    "COZE_WORKSPACE_ID": "7",
    "COZE_OWNER_APP_ID": "1100000000001",
    "COZE_OWNER_KID": "kid",
    "COZE_OWNER_ACCOUNT_ID": "42",
}


def problems(env: dict[str, str]) -> dict[str, str]:
    """The problems of `env`, after checking that their text is fit to be shown."""
    with pytest.raises(SettingsError) as caught:
        load(env)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert all(problem.endswith(".") for problem in caught.value.problems.values())
    return caught.value.problems


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "owner.pem"
    file.write_text(f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n")
    return file


@pytest.mark.parametrize("env", [SOCKET, HTTP])
def test_the_least_is_enough_and_works_without_a_coze_credential(env: dict[str, str]) -> None:
    loaded = load(env)
    assert loaded.admin_users == ("U0LIN", "U0WANG")
    assert loaded.coze_owner_token is None
    assert loaded.coze_base_url == "https://api.coze.cn"
    assert loaded.slack_bot_token is not None
    assert loaded.slack_bot_token.get_secret_value() == f"xoxb-{CANARY}"
    assert CANARY not in f"{loaded!r} {loaded} {loaded.model_dump()}"


def test_days_are_read_in_any_order_and_are_those_of_the_reminders() -> None:
    loaded = load({**SOCKET, "REMIND_DAYS": " 0, 14,3", "WORK_CALENDAR": "cn"})
    assert (loaded.remind_days, loaded.work_calendar) == ((14, 3, 0), "CN")
    assert load(SOCKET).remind_days == DAYS


def test_what_stands_around_a_value_is_not_part_of_it(key_file: Path) -> None:
    """A secret that was pasted or piped with the end of its line is that secret; so are all others."""
    owner = {
        **OWNER_APP,
        "COZE_OWNER_KEY_FILE": str(key_file),
        "COZE_CONNECTOR_ID": "8",
        "CLOCK_URL": "",
        "PORT": "0",
    }
    named = {"ADMIN_GROUP": "S0ADMINS", "PUBLIC_URL": "https://bot.example", "DATABASE_URL": "sqlite:///x.db"}
    more = {"CREDENTIAL_KEYS": "a:" + "QUFB" * 10 + "QUE=", "WORK_ZONE": "Asia/Shanghai", "LOG_LEVEL": "INFO"}
    plain = {**HTTP, **owner, **named, **more, "COZE_SIGN_IN_CLIENT_ID": "1.app.coze"}
    for around in ("{}\n", "{}\r\n", " {} ", "\t{}", "\ufeff{}"):
        assert load({name: around.format(value) if value else "" for name, value in plain.items()}) == load(plain)


def test_nothing_set_names_all_that_is_needed() -> None:
    assert list(problems({})) == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "ADMIN_CHANNEL", "ADMIN_USERS"]
    assert "SLACK_SIGNING_SECRET" in problems({"SLACK_TRANSPORT": "http"})


def test_problems_of_values_and_of_combinations_are_named_together() -> None:
    bad = {
        **SOCKET,
        "PORT": CANARY,
        "DATABASE_URL": f"mysql://root:{CANARY}@db/x",
        "DEFAULT_LANGUAGE": CANARY,
        "CLOCK_URL": f"http://user:{CANARY}@127.0.0.1:1/human/clock",
        "SLACK_APP_TOKEN": "",
    }
    assert list(problems(bad)) == [
        "SLACK_APP_TOKEN",
        "PORT",
        "DATABASE_URL",
        "DEFAULT_LANGUAGE",
        "CLOCK_URL",
    ]


def test_swapped_tokens_are_recognised() -> None:
    swapped = {**SOCKET, "SLACK_BOT_TOKEN": SOCKET["SLACK_APP_TOKEN"], "SLACK_APP_TOKEN": SOCKET["SLACK_BOT_TOKEN"]}
    found = problems(swapped)
    assert "holds an app-level token (xapp-…)" in found["SLACK_BOT_TOKEN"]
    assert "holds a bot token (xoxb-…)" in found["SLACK_APP_TOKEN"]
    assert "SLACK_SIGNING_SECRET" in problems({**HTTP, "SLACK_SIGNING_SECRET": f"xoxb-{CANARY}"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", CANARY),
        ("ADMIN_CHANNEL", "#admins"),
        ("ADMIN_USERS", "U0LIN,@wang"),
        ("ADMIN_GROUP", "admins"),
        ("PORT", "70000"),
        ("SLACK_TRANSPORT", "pigeon"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("COZE_BASE_URL", "https://api.coze.cn.example.com"),
        ("COZE_BASE_URL", "http://api.coze.cn"),
        ("COZE_WORKSPACE_ID", "https://www.coze.cn/space/7"),
        ("COZE_CONNECTOR_ID", "sharge"),
        ("COZE_OWNER_TOKEN", CANARY),
        ("COZE_OWNER_KEY_FILE", "/nowhere/owner.pem"),
        ("SLACK_API_URL", "http://127.0.0.1:8000/api/"),
        ("CLOCK_URL", "http://127.0.0.1:8000/human/clock"),
        ("CLOCK_URL", "https://example.com:99999"),
        ("CLOCK_URL", "https://[bad"),
        ("CLOCK_URL", f"https://example.com/?token={CANARY}"),
        ("DATABASE_URL", "concierge.db"),
        ("BOT_ENV", "staging"),
    ],
)
def test_one_bad_value_is_named(name: str, value: str) -> None:
    assert name in problems({**SOCKET, name: value})


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("COZE_WORKSPACE_ID", "https://www.coze.cn/space/753049880021760/develop", "753049880021760, which is"),
        ("COZE_WORKSPACE_ID", "https://code.coze.cn/w/753049880021760/projects?x=1", "753049880021760, which"),
        ("COZE_WORKSPACE_ID", "ShargeAI", "after /space/ or /w/"),
        ("COZE_WORKSPACE_ID", "٧", "after /space/ or /w/"),
        ("COZE_CONNECTOR_ID", "闪极智能体", "beside the channel"),
    ],
)
def test_what_is_no_number_of_coze_is_told_where_it_stands(name: str, value: str, says: str) -> None:
    assert says in problems({**SOCKET, name: value})[name]


def test_the_playground_may_be_anywhere() -> None:
    there = load(
        {
            **SOCKET,
            "BOT_ENV": "playground",
            "SLACK_API_URL": "http://127.0.0.1:8000/api/",
            "COZE_BASE_URL": "http://127.0.0.1:8001",
            "CLOCK_URL": "http://127.0.0.1:8000/human/clock",
        }
    )
    assert there.slack_api_url == "http://127.0.0.1:8000/api"


def test_one_of_admin_users_and_admin_group_is_enough() -> None:
    assert list(problems({**SOCKET, "ADMIN_USERS": " , "})) == ["ADMIN_USERS"]
    assert load({**SOCKET, "ADMIN_USERS": "", "ADMIN_GROUP": "S0ADMINS"}).admin_group == "S0ADMINS"


def test_owner_credential_is_a_token_or_a_whole_app(key_file: Path) -> None:
    app = {**SOCKET, **OWNER_APP, "COZE_OWNER_KEY_FILE": str(key_file)}
    assert load(app).coze_owner_key_file == key_file
    assert list(problems({**app, "COZE_OWNER_TOKEN": f"sat_{CANARY}"})) == ["COZE_OWNER_TOKEN"]
    assert list(problems({**app, "COZE_OWNER_KID": ""})) == ["COZE_OWNER_KID"]
    assert list(problems({**app, "COZE_WORKSPACE_ID": ""})) == ["COZE_WORKSPACE_ID"]


def test_a_public_key_is_not_taken_for_the_private_one(key_file: Path) -> None:
    key_file.write_text(f"-----BEGIN PUBLIC KEY-----\n{CANARY}\n-----END PUBLIC KEY-----\n")
    found = problems({**SOCKET, **OWNER_APP, "COZE_OWNER_KEY_FILE": str(key_file)})
    assert "no private key" in found["COZE_OWNER_KEY_FILE"]


def test_migrations_need_the_database_only() -> None:
    assert load({"DATABASE_URL": "postgres://u:p@db/x"}, slack=False).database_url.get_secret_value().endswith("/x")


def test_environment_goes_before_dotenv_and_the_constructor_reads_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("PORT=4000\nADMIN_CHANNEL=C0FILE\nUNKNOWN=1\n")
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {**SOCKET, "PORT": "5000", "ADMIN_CHANNEL": ""}.items():
        monkeypatch.setenv(name, value)
    loaded = load()
    assert (loaded.port, loaded.admin_channel) == (5000, "C0FILE")
    assert Settings().port == 3000


def test_example_file_has_every_setting_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    matches = (re.fullmatch(r"#?([A-Z_]+)=(.*)", line) for line in lines)
    assert [match.groups() for match in matches if match] == list(defaults().items())


def test_table_has_a_row_for_every_setting() -> None:
    rows = table().splitlines()[2:]
    assert len(rows) == len(Settings.model_fields)
    assert "| `PORT` | `3000` | The port of the bot's web server; 0 takes any free one. |" in rows
    assert all(row.endswith(". |") and "None" not in row for row in rows)


@pytest.mark.parametrize("keys", ["a", "a:b", f"a:{CANARY}", "a b:" + "A" * 43 + "=", ",", "a:" + "A" * 43 + "=,"])
def test_credential_keys_that_are_none(keys: str) -> None:
    assert "32 random bytes" in problems({**SOCKET, "CREDENTIAL_KEYS": keys})["CREDENTIAL_KEYS"]


def test_credential_keys_and_the_public_address() -> None:
    key = "A" * 43 + "="
    loaded = load({**SOCKET, "CREDENTIAL_KEYS": f"b:{key}, a:{key}", "PUBLIC_URL": "https://bot.example/"})
    assert loaded.public_url == "https://bot.example"
    assert key not in repr(loaded)
    assert "same name" in problems({**SOCKET, "CREDENTIAL_KEYS": f"a:{key},a:{key}"})["CREDENTIAL_KEYS"]
    assert "https" in problems({**SOCKET, "PUBLIC_URL": "http://bot.example"})["PUBLIC_URL"]


def test_signing_in_needs_keys_and_a_client_id() -> None:
    """The codes are sealed; what is no client ID is named before anybody presses."""
    app, keys = "30367218850462391740056127943611.app.coze", "a:" + base64.b64encode(bytes(32)).decode()
    assert list(problems({**SOCKET, "COZE_SIGN_IN_CLIENT_ID": app})) == ["CREDENTIAL_KEYS"]
    assert list(problems({**SOCKET, "COZE_SIGN_IN_CLIENT_ID": "two words", "CREDENTIAL_KEYS": keys})) == [
        "COZE_SIGN_IN_CLIENT_ID"
    ]
    assert load({**SOCKET, "COZE_SIGN_IN_CLIENT_ID": app, "CREDENTIAL_KEYS": keys}).coze_sign_in_client_id == app


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://bot:{CANARY}@x:w@host/db",
        f"postgresql://bot:{CANARY}:x@host/db",
        f"postgresql://bot:{CANARY}%ZZ@host/db",
        f"postgresql://bot:{CANARY}/x@host/db",
        f"postgresql://bot:{CANARY}@[::1/db",
        f"postgresql://bot:{CANARY}@host:port/db",
        f"postgres://bot:{CANARY}@host:5432:5433/db",
        "sqlite:///",
        "sqlite://",
    ],
)
def test_an_address_that_is_none_is_named_without_its_password(address: str) -> None:
    """How a password is written that holds what ends another part stands there."""
    told = problems({**SOCKET, "DATABASE_URL": address})["DATABASE_URL"]
    assert "%40" in told or "names no file" in told


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://bot:p%40ss%3Aw%2F@host:5432/db?sslmode=require",
        "postgresql://bot@[::1]:5432/db",
        "postgresql+psycopg:///db?host=/run/postgresql",
        "sqlite:///concierge.db",
        "sqlite:////data/concierge.db",
    ],
)
def test_an_address_as_drivers_take_it_is_taken(address: str) -> None:
    assert load({**SOCKET, "DATABASE_URL": address}).database_url.get_secret_value() == address


@pytest.mark.parametrize(
    ("content", "told"),
    [("ADMIN=林".encode("utf-16"), "UTF-8"), ("ADMIN=林".encode("gbk"), "UTF-8"), (None, "can't be read")],
)
def test_a_file_that_is_no_text_is_named(
    content: bytes | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another encoding; a folder of that name."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / ".env"
    file.mkdir() if content is None else file.write_bytes(content)
    with pytest.raises(SettingsError, match=told):
        load()


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Notepad writes it; an empty one is none."""
    monkeypatch.chdir(tmp_path)
    lines = "\n".join(f"{name}={value}" for name, value in SOCKET.items())
    (tmp_path / ".env").write_text(lines, "utf-8-sig")
    assert load().admin_channel == "C0ADMINS"
    (tmp_path / ".env").write_text("")
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN"):
        load()


def test_every_secret_may_stand_in_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As hosts and editors write it: with the end of its line, or a byte order mark. `.env` may name it too."""
    key = "a:" + base64.b64encode(bytes(32)).decode()
    secrets = {
        "SLACK_BOT_TOKEN": SOCKET["SLACK_BOT_TOKEN"],
        "SLACK_APP_TOKEN": SOCKET["SLACK_APP_TOKEN"],
        "SLACK_SIGNING_SECRET": CANARY,
        "METRICS_TOKEN": CANARY * 2,
        "ALERT_WEBHOOK": f"https://hooks.example/{CANARY}",
        "CREDENTIAL_KEYS": key,
        "DATABASE_URL": "postgresql://bot:word@host/db",
        "COZE_OWNER_TOKEN": f"pat_{CANARY}",
        "COZE_CALLBACK_TOKEN": CANARY,
        "HTTPS_PROXY": "http://bot:word@proxy.example:3128",
        "HTTP_PROXY": "http://bot:word@proxy.example:3129",
        "ALL_PROXY": "http://bot:word@proxy.example:3130",
    }
    hidden = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in repr(field.annotation)}
    assert set(secrets) == hidden
    desk = {"COZE_CHANNEL_APP_ID": "1", "COZE_CHANNEL_KID": "kid", "COZE_CHANNEL_KEY_FILE": str(tmp_path / "pem")}
    (tmp_path / "pem").write_text("-----BEGIN PRIVATE KEY-----")
    rest = {**SOCKET, **desk, "COZE_CONNECTOR_ID": "8", "COZE_WORKSPACE_ID": "7"}
    plain = {**rest, **secrets}
    for around in ("{}", "{}\n", "\ufeff{}\r\n", "  {}\n\n"):
        for name, value in secrets.items():
            (tmp_path / name).write_bytes(around.format(value).encode())
        files = {f"{name}_FILE": str(tmp_path / name) for name in secrets}
        assert load({**{name: each for name, each in rest.items() if name not in secrets}, **files}) == load(plain)
    for name in {*Settings.model_fields, *(f"{each}_FILE" for each in secrets)}:
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / ".env").write_text(
        "ADMIN_CHANNEL=C0ADMINS\nADMIN_USERS=U0LIN\nSLACK_BOT_TOKEN_FILE=SLACK_BOT_TOKEN\n"
    )
    monkeypatch.setenv("SLACK_APP_TOKEN_FILE", str(tmp_path / "SLACK_APP_TOKEN"))
    monkeypatch.chdir(tmp_path)
    assert load().slack_bot_token == load(plain).slack_bot_token
