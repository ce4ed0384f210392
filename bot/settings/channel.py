"""The settings of the review desk, for whoever owns the channel on Coze."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from . import values

DESK = ("coze_channel_app_id", "coze_channel_kid", "coze_channel_key_file", "coze_callback_token")
"""All of them, or none."""

EVERYBODY = "all"


def _token(token: SecretStr) -> SecretStr:
    """The token with which Coze signs what it tells."""
    values.plain(token.get_secret_value())
    return token


def _owner(text: str) -> str:
    """An account on Coze, or everybody's."""
    if text != EVERYBODY and not re.fullmatch(r"[0-9]{6,24}", text):
        raise ValueError("must be user IDs of Coze, separated by commas, or all.")
    return text


AppId = Annotated[
    Annotated[str, AfterValidator(values.plain)] | None,
    Field(
        description="For the owner of the channel: the ID of the channel's OAuth (JWT) app, with which verdicts go "
        "to Coze. Together with the next three it opens the review desk."
    ),
]
Kid = Annotated[
    Annotated[str, AfterValidator(values.plain)] | None,
    Field(description="The fingerprint (kid) of that app's public key."),
]
KeyFile = Annotated[
    Annotated[Path, AfterValidator(values.key_file)] | None,
    Field(description="The path of that app's private key (PEM)."),
]
CallbackToken = Annotated[
    Annotated[SecretStr, AfterValidator(_token)] | None,
    Field(description="The token (verify token) with which Coze signs the channel's callbacks."),
]
ReviewChannel = Annotated[
    Annotated[str, AfterValidator(values.slack_id("CG", "a channel"))] | None,
    Field(
        description="The channel (C…) where agents to review are shown; invite the bot to it. Without it they are "
        "shown in ADMIN_CHANNEL."
    ),
]
AnnounceChannel = Annotated[
    Annotated[str, AfterValidator(values.slack_id("CG", "a channel"))] | None,
    Field(
        description="The Slack channel (C…) in which authors may have it told that an agent is online; invite the "
        "bot to it."
    ),
]
AutoApprove = Annotated[
    tuple[Annotated[str, AfterValidator(_owner)], ...],
    NoDecode,
    BeforeValidator(values.parts),
    Field(
        description="Whose agents are approved without a look while plugins, workflows and model are those of the "
        "last approval: user IDs of Coze, separated by commas, or all. A first version always waits for an admin."
    ),
]


def problems(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is missing or alone: (field, problem) pairs."""
    absent = [name for name in DESK if settings[name] is None]
    if 0 < len(absent) < len(DESK):
        for name in absent:
            yield (
                name,
                "is missing: the review desk needs the channel's app (ID, KID, KEY_FILE) and COZE_CALLBACK_TOKEN.",
            )
    if not absent and settings["coze_connector_id"] is None:
        yield "coze_connector_id", "is missing: the review desk must know which channel is its own."
    for name in ("review_channel", "review_auto_approve"):
        if settings[name] and len(absent) == len(DESK):
            yield name, "is of no use without the review desk: set COZE_CHANNEL_APP_ID and its companions."
