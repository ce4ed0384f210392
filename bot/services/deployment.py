"""What the bot stands on, and what its operator decided."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.clock import Clock
from bot.core.worktime import WorkTime
from bot.coze.client import CozeClient
from bot.coze.keys import KeyProof
from bot.store.cipher import Keyring
from bot.store.database import Database
from bot.texts.catalogue import Language
from bot.texts.guide import GuideTexts

from .preflight_checks import Configured
from .setting import RunningSettings


@dataclass(frozen=True)
class Resources:
    """What the bot stands on, opened and answering; `team` is the Slack workspace."""

    db: Database
    clock: Clock
    team: str
    coze: CozeClient
    proof: KeyProof
    texts: GuideTexts


@dataclass(frozen=True)
class Deployment:
    """What the operator decided. `sign_in_client` is the app on Coze that people sign in to; `workspace` and
    `connector` are Coze's numbers; `running` has what admins may change; `marks` recognises each setting's value.
    What is not known is empty.
    """

    admin_channel: str
    deputies: tuple[str, ...]
    self_approval: bool
    language: Language
    work_zone: str
    time: WorkTime
    running: RunningSettings
    greets: bool
    public_url: str | None
    keys: Keyring | None
    sign_in_client: str
    workspace: str
    connector: str
    configured: Configured
    owner_ends: str
    audit_days: int
    marks: Mapping[str, str]
