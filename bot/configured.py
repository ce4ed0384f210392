"""What the settings mean to the rooms: each of their parameters from what the operator has written. Asks nobody."""

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.core.remind import Timetable
from bot.core.review import AutoApproval
from bot.core.setting import NAMES, Askers, Holding, Source
from bot.core.worktime import WorkTime
from bot.network import Network
from bot.services.deployment import Deployment
from bot.services.join.requests import EscalationPolicy
from bot.services.owner import OwnerApp, fingerprint, owner_fingerprint
from bot.services.preflight_checks import Configured
from bot.services.setting import InForce, RunningSettings
from bot.settings import COZE_HOSTS, Settings, revealed
from bot.settings.channel import EVERYBODY
from bot.settings.laid import laid_over
from bot.settings.running import as_text
from bot.settings.values import parts
from bot.store.cipher import Keyring
from bot.workdays import WorkCalendar

OF_PROCESS = frozenset({"bind", "clock_url", "leave_seconds", "log_format", "log_level", "metrics_port", "port"})
"""What one process has otherwise than the next, and no feature is told."""


def keyring_of(settings: Settings) -> Keyring | None:
    """The keys of what is kept; None where nothing is."""
    return Keyring.parse(revealed(settings.credential_keys)) if settings.credential_keys else None


def owner_of(settings: Settings) -> SecretStr | OwnerApp | None:
    """The credential of the workspace's owner; None without one."""
    if settings.coze_owner_token:
        return settings.coze_owner_token
    app_id, kid, key_file = settings.coze_owner_app_id, settings.coze_owner_kid, settings.coze_owner_key_file
    return OwnerApp(app_id, kid, key_file, settings.coze_owner_account_id) if app_id and kid and key_file else None


def marks_of(settings: Settings) -> dict[str, str]:
    """By which a setting's value is recognised and not told, for those that are not left as they come."""
    found: dict[str, str] = {}
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if name not in OF_PROCESS and value != field.default:
            said = value.get_secret_value() if isinstance(value, SecretStr) else repr(value)
            found[name.upper()] = fingerprint(said, name)[:16]
    return found


def deployment_of(settings: Settings, running: RunningSettings) -> Deployment:
    """What features are told of this deployment."""
    return Deployment(
        admin_channel=str(settings.admin_channel),
        deputies=settings.deputy_users,
        self_approval=settings.self_approval,
        language=settings.default_language,
        work_zone=settings.work_zone,
        time=_work_time(settings),
        running=running,
        greets=settings.greet_new_members,
        public_url=settings.public_url,
        keys=keyring_of(settings),
        sign_in_client=settings.coze_sign_in_client_id or "",
        workspace=settings.coze_workspace_id or "",
        connector=settings.coze_connector_id or "",
        configured=configured_of(settings),
        owner_ends=settings.coze_owner_token_ends or "",
        audit_days=settings.audit_days,
        marks=marks_of(settings),
    )


def in_force(settings: Settings, changes: Mapping[str, str]) -> InForce:
    """What holds with these changes of admins, written as in the environment, over `settings`."""
    laid, problems = laid_over(settings, changes)
    auto = laid.review_auto_approve
    return InForce(
        named=(*settings.admin_users, *filter(None, (settings.admin_group, settings.backup_admin_group))),
        admins=laid.admin_users,
        askers=Askers.of(laid.may_ask, laid.admin_users or tuple(filter(None, [laid.admin_group]))),
        policy=_policy(laid),
        timetable=_timetable(laid),
        review_channel=laid.review_channel or str(laid.admin_channel),
        announce_channel=laid.announce_channel or "",
        auto=AutoApproval(frozenset(auto), EVERYBODY in auto),
        welcome=laid.welcome,
        renamed=laid.coze_labels,
        configured=configured_of(laid),
        has_desk=settings.coze_channel_app_id is not None,
        holdings={name: _holding(name, settings, laid, changes, problems) for name in NAMES},
    )


def _holding(
    name: str, settings: Settings, laid: Settings, changes: Mapping[str, str], problems: Mapping[str, str]
) -> Holding:
    """What is written as people write it is told as the settings have it; of admins only those who were added."""
    below = as_text(getattr(settings, name))
    from_env = name in settings.model_fields_set or (name == "admin_users" and settings.admin_group is not None)
    given = Source.ENVIRONMENT if from_env else Source.DEFAULT
    if name not in changes or name in problems:
        return Holding(name, below, given, below, problems.get(name, ""))
    text = as_text(tuple(parts(changes[name])) if name == "admin_users" else getattr(laid, name))
    return Holding(name, text, Source.DATABASE, below)


@lru_cache(maxsize=8)
def _calendar(of: str) -> WorkCalendar:
    """One of each, so that what goes by it is equal to what went by it before."""
    return WorkCalendar(of)


def _work_time(settings: Settings) -> WorkTime:
    return WorkTime(settings.work_zone, _calendar(settings.work_calendar).is_worked)


def _policy(settings: Settings) -> EscalationPolicy:
    return EscalationPolicy(
        time=_work_time(settings),
        first_hours=settings.remind_admins_hours,
        second_hours=settings.answer_hours,
        backup_hours=settings.backup_hours,
        expire=timedelta(days=settings.expire_days),
    )


def _timetable(settings: Settings) -> Timetable:
    days = settings.remind_days
    more = settings.remind_days_long or days, settings.remind_days_owner or days
    calendar = _calendar(settings.work_calendar)
    return Timetable(calendar.is_worked, days, *more, calendar.name, settings.remind_days_key)


def configured_of(settings: Settings) -> Configured:
    """What is compared with Slack and Coze."""
    mine, owner = settings.coze_base_url, owner_of(settings)
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
