"""Settings: from the environment and `.env`, checked at start, with all problems named at once."""

import contextlib
import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.texts.catalogue import catalogues

from . import address, channel, running, secret_files, timing, values, watching, ways

SLACK_API = "https://slack.com/api/"
COZE_HOSTS = ("https://api.coze.cn", "https://api.coze.com")

LONGEST_HOURS = 10_000.0
LONGEST_DAYS = 1_000.0


class SettingsError(Exception):
    """The settings can't be used. The text says for each problem what to do and never shows a secret. `rest` are
    those that are left without the wrong ones, None where none could be read.
    """

    def __init__(self, problems: Mapping[str, str], rest: "Settings | None" = None) -> None:
        self.problems, self.rest = dict(problems), rest
        lines = [f"  {name}: {problem}" for name, problem in problems.items()]
        super().__init__("\n".join(["These settings need attention (environment or .env):", *lines]))


Url = Annotated[str, AfterValidator(address.url)]
UserId = Annotated[str, AfterValidator(values.slack_id("UW", "a person"))]


class Settings(BaseSettings):
    """Every setting. The field's name in capitals is the variable's name. Addresses end without a slash.

    The constructor takes what it is given and looks nowhere else; `load` reads the environment.
    """

    model_config = SettingsConfigDict(
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        env_ignore_empty=True,
        env_file=".env",
    )

    slack_bot_token: Annotated[SecretStr, AfterValidator(values.slack_token("xoxb-"))] | None = Field(
        default=None, description="The bot token, xoxb-…: in the app's OAuth & Permissions, once it is installed."
    )
    slack_app_token: Annotated[SecretStr, AfterValidator(values.slack_token("xapp-"))] | None = Field(
        default=None,
        description="The app-level token, xapp-…, with the scope connections:write: make it in the app's Basic "
        "Information. Needed with SLACK_TRANSPORT=socket.",
    )
    slack_signing_secret: Annotated[SecretStr, AfterValidator(values.signing_secret)] | None = Field(
        default=None,
        description="The signing secret: in the app's Basic Information. Needed with SLACK_TRANSPORT=http.",
    )
    admin_channel: Annotated[str, AfterValidator(values.slack_id("CG", "a channel"))] | None = Field(
        default=None, description="The channel (C…) where admins get requests; invite the bot to it."
    )
    admin_users: Annotated[tuple[UserId, ...], NoDecode, BeforeValidator(values.parts)] = Field(
        default=(), description="Who decides: IDs of people (U…), separated by commas. This or ADMIN_GROUP, or both."
    )
    admin_group: Annotated[str, AfterValidator(values.slack_id("S", "a user group"))] | None = Field(
        default=None, description="Who decides: the ID of a Slack user group (S…; paid Slack plans)."
    )
    backup_admin_group: Annotated[str, AfterValidator(values.slack_id("S", "a user group"))] | None = Field(
        default=None, description="Who is asked when the admins are silent: the ID of a Slack user group (S…)."
    )
    deputy_users: Annotated[tuple[UserId, ...], NoDecode, BeforeValidator(values.parts)] = Field(
        default=(),
        description="Who decides about the request of the only admin, and about no other: IDs of people (U…), "
        "separated by commas.",
    )
    self_approval: bool = Field(
        default=False,
        description="yes: the only admin may approve their own request, with a reason that the admin channel reads. "
        "no: somebody else decides.",
    )

    slack_transport: Literal["socket", "http"] = Field(
        default="socket", description="How Slack reaches the bot: socket (no public address needed) or http."
    )
    port: int = Field(
        default=3000, ge=0, le=65535, description="The port of the bot's web server; 0 takes any free one."
    )
    bind: address.Bind = "0.0.0.0"  # noqa: S104  (hosts route to it)
    metrics_port: watching.MetricsPort = None
    metrics_token: watching.MetricsToken = None
    otel_exporter_otlp_endpoint: watching.TracesTo = None
    leave_seconds: watching.LeaveSeconds = 5
    alert_webhook: watching.AlertWebhook = None
    public_url: Annotated[str, AfterValidator(address.origin)] | None = Field(
        default=None,
        description="The https address at which people reach the bot's web server: for the one-time page on which "
        "tokens and keys are entered. Without it keys are not asked for.",
    )
    credential_keys: Annotated[SecretStr, AfterValidator(values.credential_keys)] | None = Field(
        default=None,
        description="Encrypts what people ask the bot to keep: name:base64 of 32 random bytes; several separated by "
        "commas, the first one writes. Without it nothing is kept.",
    )
    database_url: Annotated[SecretStr, AfterValidator(address.database)] = Field(
        default=SecretStr("sqlite:///concierge.db"),
        description="SQLite, or postgresql://user:password@host/name for more than one process.",
    )
    default_language: Annotated[str, AfterValidator(values.language)] = Field(
        default=next(iter(catalogues())),
        description=f"The language of the admin channel and of people whose own isn't known: {values.LANGUAGES}.",
    )
    may_ask: running.MayAsk = ()
    welcome: running.Welcome = {}
    coze_labels: running.CozeLabels = ()
    greet_new_members: bool = Field(
        default=False,
        description="yes: everybody who joins the Slack workspace is greeted once by direct message. no: only who "
        "comes to the bot hears from it, since in a company-wide workspace most people don't wear the glasses.",
    )
    work_zone: Annotated[str, AfterValidator(values.zone)] = Field(
        default="Asia/Shanghai", description="The zone of working time (nine to six, on working days)."
    )
    work_calendar: timing.WorkCalendar = "zone"
    remind_days: timing.RemindDays = (7, 3, 1, 0)
    remind_days_long: timing.RemindDaysLong = ()
    remind_days_owner: timing.RemindDaysOwner = ()
    remind_days_key: timing.RemindDaysKey = (7, 0)
    remind_admins_hours: float = Field(
        default=4,
        gt=0,
        le=LONGEST_HOURS,
        description="Working hours after which admins are reminded of a request for the first time.",
    )
    answer_hours: float = Field(
        default=9,
        gt=0,
        le=LONGEST_HOURS,
        description="Working hours within which people may expect an answer; then both may remind.",
    )
    backup_hours: float = Field(
        default=18, gt=0, le=LONGEST_HOURS, description="Working hours after which the backup group is asked."
    )
    expire_days: float = Field(
        default=7, gt=0, le=LONGEST_DAYS, description="Days after which an undecided request closes kindly."
    )
    audit_days: timing.AuditDays = 365
    guide_dir: Annotated[Path, AfterValidator(values.guide_folder)] | None = Field(
        default=None,
        description="A folder of TOML files that are laid over those in bot/texts/guide: labels, links, permissions, "
        "fields.",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(values.upper)] = Field(
        default="INFO", description="The least serious level that is logged: DEBUG, INFO, WARNING or ERROR."
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="json for machines, console for people who read along."
    )

    coze_base_url: Url = Field(
        default=COZE_HOSTS[0], description="Coze's API: https://api.coze.cn or https://api.coze.com."
    )
    coze_workspace_id: Annotated[str, AfterValidator(address.workspace)] | None = Field(
        default=None,
        description="The number of the ShargeAI workspace: in its address on Coze after /space/ or /w/.",
    )
    coze_connector_id: Annotated[str, AfterValidator(address.connector)] | None = Field(
        default=None,
        description="The number of the ShargeAI agent channel (connector) that agents are published to.",
    )
    announce_channel: channel.AnnounceChannel = None
    coze_owner_token: Annotated[SecretStr, AfterValidator(values.coze_token)] | None = Field(
        default=None, description="A PAT or SAT of the workspace's owner: the bot invites and publishes by itself."
    )
    coze_owner_token_ends: Annotated[str, AfterValidator(values.end_of_token)] | None = Field(
        default=None,
        description="The day on which that token ends (2026-12-31), or never: Coze does not tell, and admins are "
        "reminded before. Without it they are asked at Home.",
    )
    coze_owner_app_id: Annotated[str, AfterValidator(values.plain)] | None = Field(
        default=None, description="Instead of the token: the ID of an OAuth (JWT) app that the owner has authorised."
    )
    coze_owner_kid: Annotated[str, AfterValidator(values.plain)] | None = Field(
        default=None, description="The fingerprint (kid) of that app's public key."
    )
    coze_owner_key_file: Annotated[Path, AfterValidator(values.key_file)] | None = Field(
        default=None, description="The path of that app's private key (PEM)."
    )
    coze_owner_account_id: Annotated[str, AfterValidator(values.plain)] | None = Field(
        default=None, description="The owner's UID, or the organisation's ID."
    )

    coze_edition: Literal["free", "pro_personal", "team", "enterprise"] | None = Field(
        default=None,
        description="The owner's edition, where Coze shall not be asked: free, pro_personal, team, enterprise.",
    )

    coze_sign_in_client_id: Annotated[str, AfterValidator(values.client_id)] | None = Field(
        default=None,
        description="The client ID of an OAuth app on Coze for devices, which people sign in to instead of pasting a "
        "token or typing their user ID. Needs CREDENTIAL_KEYS.",
    )

    coze_channel_app_id: channel.AppId = None
    coze_channel_kid: channel.Kid = None
    coze_channel_key_file: channel.KeyFile = None
    coze_callback_token: channel.CallbackToken = None
    review_channel: channel.ReviewChannel = None
    review_auto_approve: channel.AutoApprove = ()

    https_proxy: ways.HttpsProxy = None
    http_proxy: ways.HttpProxy = None
    all_proxy: ways.AllProxy = None
    no_proxy: ways.NoProxy = None
    ssl_cert_file: ways.CertFile = None
    ssl_cert_dir: ways.CertDir = None

    bot_env: Literal["production", "playground"] = Field(
        default="production", description="playground lets the three addresses below point at the playground."
    )
    slack_api_url: Url = Field(default=SLACK_API.rstrip("/"), description="Slack's API.")
    clock_url: Url | None = Field(
        default=None, description="The playground's clock, which then is the bot's simulated time."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (pydantic hands all of them over by name)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only the constructor's arguments, so that a demo or a test never meets somebody's `.env`."""
        return (init_settings,)


def revealed(secret: SecretStr | None) -> str:
    """The value of a secret setting, empty when it is not set."""
    return secret.get_secret_value() if secret else ""


def load(env: Mapping[str, str] | None = None, *, slack: bool = True) -> Settings:
    """Read and check the settings, from `env` or else from the environment and `.env` in the working directory.

    The environment goes before `.env`; an empty value counts as absent. `slack=False` asks for nothing that only a
    bot connected to Slack needs (for migrations). Raises SettingsError, which names every problem there is.
    """
    fields = Settings.model_fields
    written = values.trimmed(_from_environment() if env is None else ways.named(env, secret_files.names(fields)))
    given, unread = secret_files.opened(written, fields)
    settings, problems = checked(values.trimmed(given))
    problems = unread | problems
    for name, problem in _missing_or_at_odds(settings, slack=slack):
        if name not in problems:
            problems[name] = problem
    if problems:
        filed = {name: name + secret_files.END for name in fields if name + secret_files.END in written}
        told = {filed.get(each, each).upper(): problems[each] for each in fields if each in problems}
        raise SettingsError(told, settings)
    return settings


def checked(given: Mapping[str, Any]) -> tuple[Settings, dict[str, str]]:
    """What each value by itself is, and what is wrong with those that are left out."""
    problems = values.odd({name: each for name, each in given.items() if name in Settings.model_fields})
    try:
        return Settings.model_validate(_without(problems, given)), problems
    except ValidationError as error:
        problems |= {str(each["loc"][0]): values.sentence(each["msg"]) for each in error.errors(include_input=False)}
        return Settings.model_validate(_without(problems, given)), problems


def _without(problems: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in given.items() if name not in problems}


def _from_environment() -> dict[str, Any]:
    names = secret_files.names(Settings.model_fields)
    return {**from_file(Path(".env")), **ways.named(os.environ, names)}


def from_file(file: Path) -> dict[str, Any]:
    """What stands in the file, if there is one. Raises SettingsError for one that is no text in UTF-8."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        if file.is_symlink():
            raise SettingsError({str(file): f"can't be read ({error.strerror}): it is a link to nothing."}) from None
        return {}
    except OSError as error:
        raise SettingsError({str(file): f"can't be read ({error.strerror})."}) from None
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise SettingsError({str(file): "is no text in UTF-8: save it in that encoding."})
    with _complaints() as lines:
        found = DotEnvSettingsSource(Settings, env_file=file)()
    if lines:
        where = f"line {lines[0]} can't be understood"
        raise SettingsError({str(file): f"{where}: write NAME=value, and end each quotation that begins."})
    return found


@contextlib.contextmanager
def _complaints() -> Iterator[list[object]]:
    """The numbers of lines that can't be understood, which the library that reads them only tells the log."""
    lines: list[object] = []

    def hear(record: logging.LogRecord) -> bool:
        lines.extend(record.args if isinstance(record.args, tuple) else ())
        return False

    logger = logging.getLogger("dotenv.main")
    logger.addFilter(hear)
    try:
        yield lines
    finally:
        logger.removeFilter(hear)


Problems = Iterator[tuple[str, str]]


def _missing_or_at_odds(settings: Settings, *, slack: bool) -> Problems:
    """What single values can't tell: (field, problem) pairs."""
    if slack:
        yield from _slack_problems(settings)
        if problem := ways.problem(str(settings.ssl_cert_file or ""), settings.ssl_cert_dir or ""):
            yield "ssl_cert_file", problem
    yield from _coze_problems(settings)
    yield from channel.problems({name: getattr(settings, name) for name in Settings.model_fields})
    if settings.bot_env == "production":
        yield from _production_problems(settings)


def _slack_problems(settings: Settings) -> Problems:
    connection = "slack_app_token" if settings.slack_transport == "socket" else "slack_signing_secret"
    for name in ("slack_bot_token", connection, "admin_channel"):
        if getattr(settings, name) is None:
            yield name, f"is missing. {Settings.model_fields[name].description}"
    if not settings.admin_users and settings.admin_group is None:
        yield "admin_users", "is missing, and ADMIN_GROUP too: say with one of them who decides about requests."

    if both := set(settings.admin_users) & set(settings.deputy_users):
        named = "somebody" if len(both) == 1 else "people"
        yield "deputy_users", f"names {named} whom ADMIN_USERS names too: a deputy decides where no admin can."


def _coze_problems(settings: Settings) -> Problems:
    app = ("coze_owner_app_id", "coze_owner_kid", "coze_owner_key_file", "coze_owner_account_id")
    absent = [name for name in app if getattr(settings, name) is None]
    token = settings.coze_owner_token is not None
    if token and len(absent) < len(app):
        yield "coze_owner_token", "is given together with COZE_OWNER_APP_ID and its companions: keep one of the two."
    elif 0 < len(absent) < len(app):
        for name in absent:
            yield name, "is missing: the owner's OAuth app needs its ID, KID, KEY_FILE and ACCOUNT_ID."
    if (token or len(absent) < len(app)) and settings.coze_workspace_id is None:
        yield "coze_workspace_id", "is missing: with the owner's credential the bot must know which workspace."
    if settings.coze_sign_in_client_id and settings.credential_keys is None:
        yield (
            "credential_keys",
            "is missing: with COZE_SIGN_IN_CLIENT_ID it seals what people sign in with.",
        )


def _production_problems(settings: Settings) -> Problems:
    only = "is for the playground only: remove it, or set BOT_ENV=playground."
    if settings.slack_api_url != SLACK_API.rstrip("/"):
        yield "slack_api_url", only
    if settings.clock_url is not None:
        yield "clock_url", only
    if settings.public_url is not None and not settings.public_url.startswith("https://"):
        yield "public_url", "must begin https:// (http only with BOT_ENV=playground)."
    if settings.coze_base_url not in COZE_HOSTS:
        yield "coze_base_url", f"must be {' or '.join(COZE_HOSTS)} (any other only with BOT_ENV=playground)."
