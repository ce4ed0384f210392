"""Parts of the bot as the settings describe them."""

from datetime import datetime, timedelta

from bot.clock import Clock, RemoteClock, SystemClock
from bot.core.guide import Check, Route, Step
from bot.coze.client import CozeClient
from bot.coze.keys import BadKey, load_key
from bot.coze.secret import Secret
from bot.coze.tokens import AppToken, FixedToken, OwnerToken, Signer
from bot.services.operator import Operator, StandIns
from bot.services.vault import Vault
from bot.services.waiting import Patience
from bot.settings import Settings, revealed
from bot.store import vault as kept_secrets
from bot.store import work
from bot.store.cipher import Keyring, Sealed
from bot.store.database import Database
from bot.texts import Reader
from bot.texts.catalogue import SOURCE
from bot.texts.guide import BrokenGuide, GuideTexts, guide_texts
from bot.texts.keys import key_problem

OPERATOR = Reader(SOURCE, "UTC")  # who reads what stops the start


class StartError(Exception):
    """The bot can't start; the text says what to do."""


def workspace_url(settings: Settings) -> str:
    """The ShargeAI workspace's page on Coze."""
    site = "https://www.coze.com" if settings.coze_base_url.endswith("coze.com") else "https://www.coze.cn"
    return f"{site}/space/{settings.coze_workspace_id}/develop" if settings.coze_workspace_id else site


def texts_of(settings: Settings) -> GuideTexts:
    """The guide's texts, with the operator's own over them. Raises StartError."""
    try:
        return guide_texts(settings.guide_dir)
    except BrokenGuide as error:
        raise StartError(f"The guide's texts (GUIDE_DIR): {error}") from None


def routes_of(texts: GuideTexts) -> dict[str, Route]:
    """The guide's ways, as the rules know them."""
    return {
        key: Route(key, tuple(Step(step.id, Check(step.check)) for step in route.steps))
        for key, route in texts.routes.items()
    }


def patience_of(settings: Settings) -> Patience:
    """How long a request may wait."""
    return Patience(
        tz=settings.work_zone,
        first_hours=settings.remind_admins_hours,
        second_hours=settings.answer_hours,
        backup_hours=settings.backup_hours,
        expire=timedelta(days=settings.expire_days),
    )


def clock_of(settings: Settings, db: Database) -> Clock:
    """Real time, or the playground's."""
    if not settings.clock_url:
        return SystemClock()

    async def due() -> datetime | None:
        async with db.read() as conn:
            return await work.next_due(conn)

    return RemoteClock(settings.clock_url, due)


def operator_of(settings: Settings, coze: CozeClient) -> Operator | None:
    """The owner's credential on Coze at work; None without one. Raises StartError."""
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
    """The keys of what is kept; None where nothing is."""
    return Keyring.parse(revealed(settings.credential_keys)) if settings.credential_keys else None


def stand_ins_of(settings: Settings, coze: CozeClient, vault: Vault) -> StandIns | None:
    """Publishing with members' own kept tokens; None where none can be kept."""
    if not (settings.credential_keys and settings.coze_workspace_id and settings.coze_connector_id):
        return None
    return StandIns(coze, vault, settings.coze_workspace_id, settings.coze_connector_id)


async def keys_are_there(db: Database, settings: Settings) -> None:
    """Every kept secret can be read. Raises StartError naming keys that are missing or changed."""
    keys = keyring(settings)
    async with db.read() as conn:
        used = await kept_secrets.key_ids(conn)
        samples = await kept_secrets.one_of_each(conn)
    if missing := sorted(used.keys() - (keys.ids if keys else frozenset())):
        count = sum(used[key_id] for key_id in missing)
        raise StartError(
            f"CREDENTIAL_KEYS: {count} kept secrets need the keys named {', '.join(missing)}, which are missing. "
            "Add them after the first one."
        )
    if wrong := sorted(key_id for key_id, row in samples.items() if keys and not _opens(keys, row)):
        raise StartError(
            f"CREDENTIAL_KEYS: the keys named {', '.join(wrong)} are not those with which secrets were kept. "
            "Put their old values back, under the same names."
        )


def _opens(keys: Keyring, row: kept_secrets.SealedRow) -> bool:
    try:
        keys.open(row.value, kept_secrets.place(row.team_id, row.user_id, row.id))
    except Sealed:
        return False
    return True
