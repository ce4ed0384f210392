"""What Coze answers, as typed values that pydantic reads. What is only shown may be missing or odd and is empty then.

Fields that nobody reads are left out. A boolean is no number, and a float no id.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    PlainValidator,
    SecretStr,
    TypeAdapter,
    ValidationError,
)

from bot.core.leak import masked

from .errors import CozeUnreachable

T = TypeVar("T")


def read(kind: type[T], data: Any) -> T:
    """The answer as a `kind`. Raises Unreachable, with none of its values, where it has another shape."""
    key: Any = kind  # mypy doubts that a type can be hashed
    adapter: TypeAdapter[T] = _adapter(key)
    try:
        return adapter.validate_python(data)
    except ValidationError:
        pass  # left, so that the answer does not hang on to the error as its context
    raise CozeUnreachable("the answer has an unexpected shape")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _number(value: Any) -> int:
    """Coze writes numbers as such or as digits."""
    if type(value) is int or (isinstance(value, str) and value.isascii() and value.isdecimal()):
        return int(value)
    raise ValueError("no whole number")


def _moment(value: Any) -> datetime:
    try:
        return datetime.fromtimestamp(_number(value), UTC)
    except (OverflowError, OSError):
        raise ValueError("no moment") from None


def _nothing(value: Any) -> bool:
    """How Coze writes that there is no owner or no moment."""
    return value is None or value in ("", "0") or (type(value) is int and value == 0)


def _secret(value: Any) -> SecretStr:
    if not isinstance(value, str) or not value:
        raise ValueError("no token")
    return SecretStr(value)


def _text(value: Any) -> str:
    """Without what no database takes: a NUL, half a character."""
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _as_text(value: Any) -> Any:
    return str(value) if type(value) is int and abs(value) < WHOLE else value


WHOLE = 10**24
Text = Annotated[str, BeforeValidator(_text)]
Name = Annotated[Text, AfterValidator(masked)]
"""What somebody called a thing on Coze, shown and kept here; one that holds a secret is not."""
Id = Annotated[str, Field(pattern=r"^[!-~]{1,24}$"), BeforeValidator(_as_text)]
"""Up to 19 digits: as text, or as an integer that JSON kept whole."""
Label = Annotated[str, Field(pattern=r"^[!-~]{1,40}$"), BeforeValidator(_as_text)]
"""A version's name: the milliseconds of its making, as text. Also a code that is typed."""
Address = Annotated[str, Field(pattern=r"^[!-~]{1,500}$")]
Ids = Annotated[tuple[Id, ...], BeforeValidator(lambda value: () if value is None else value)]
Owner = Annotated[Id | Literal[""], BeforeValidator(lambda value: "" if _nothing(value) else value)]
Code = Annotated[int | None, PlainValidator(lambda value: value if type(value) is int else None)]
Part = Annotated[dict[str, Any] | None, PlainValidator(lambda value: value if isinstance(value, dict) else None)]
Parts = Annotated[list[Any] | None, PlainValidator(lambda value: value if isinstance(value, list) else None)]
Number = Annotated[int, PlainValidator(_number)]
Moment = Annotated[datetime, PlainValidator(_moment)]
"""From Unix seconds, in UTC."""
MaybeMoment = Annotated[datetime | None, PlainValidator(lambda value: None if _nothing(value) else _moment(value))]


def _called(*names: str) -> Any:
    """Under which name Coze has a field; several where its answers or its reference differ."""
    return Field(validation_alias=AliasChoices(*names))


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every answer stands in. `code` is None where it is no number.

    Whoever must not be mistaken asks for the code (`is_clear`).
    """

    code: Code = None
    msg: Text = ""
    data: Any = None

    def is_clear(self, status: int) -> bool:
        """Whether it says yes or no and nothing against that: no success with an HTTP status of failure, no failure
        that brings what only success does."""
        if self.code is None:
            return False
        return not self.data if self.code else status < 400


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, and how many items there are on all of them."""

    items: Annotated[list[T], _called("items", "workspaces")]
    total: Annotated[Number, _called("total", "total_count")]


@dataclass(frozen=True, slots=True)
class Level:
    """Which edition an account has, in Coze's own word: free, pro_personal, team, enterprise, or one that is new."""

    user_level: Text = ""


@dataclass(frozen=True, slots=True)
class Benefits:
    """What an account pays for."""

    basic_info: Level


@dataclass(frozen=True, slots=True)
class Account:
    """Whose token it is."""

    user_id: Id
    name: Annotated[Name, _called("user_name")] = ""
    nickname: Annotated[Name, _called("nick_name")] = ""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A space the account has joined. An empty `enterprise_id` means the personal edition."""

    id: Id
    name: Name = ""
    role: Annotated[Text, _called("role_type")] = ""  # owner, admin, member
    enterprise_id: Owner = ""

    @property
    def opens(self) -> bool:
        """Whether the account may open it to a token: in the personal edition its owner alone, in an organisation
        whoever has joined. Coze does not tell which of those a token was opened to.
        """
        return bool(self.enterprise_id) or self.role == "owner"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who has joined a workspace; people with an open invitation are none yet."""

    user_id: Id
    role: Annotated[Text, _called("role_type")] = ""
    nickname: Annotated[Name, _called("user_nickname")] = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """Coze's five lists. It answers "success" even when every person is in `not_exist`."""

    added: Annotated[Ids, _called("added_success_user_ids")] = ()
    invited: Annotated[Ids, _called("invited_success_user_ids")] = ()
    already_invited: Annotated[Ids, _called("already_invited_user_ids")] = ()
    already_joined: Annotated[Ids, _called("already_joined_user_ids")] = ()
    not_exist: Annotated[Ids, _called("not_exist_user_ids")] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """Coze's three lists. The space's owner can't be taken out."""

    removed: Annotated[Ids, _called("removed_success_user_ids")] = ()
    not_there: Annotated[Ids, _called("not_in_workspace_user_ids", "not_in_space_user_ids")] = ()
    owners: Annotated[Ids, _called("owner_not_support_remove_user_ids")] = ()


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent in a list, or its published copy or draft. `version` is empty in lists and drafts; `published_at`,
    where a list tells it, is when its last version was published. Times are UTC. What it works with is None where
    Coze does not tell.
    """

    id: Annotated[Id, _called("id", "bot_id")]
    name: Name = ""
    owner_id: Annotated[Owner, _called("owner_user_id")] = ""
    version: Text = ""
    updated_at: Annotated[MaybeMoment, _called("updated_at", "update_time")] = None
    published_at: MaybeMoment = None
    plugins: Annotated[Parts, _called("plugin_info_list")] = None
    workflows: Annotated[Parts, _called("workflow_info_list")] = None
    model: Annotated[Part, _called("model_info")] = None


@dataclass(frozen=True, slots=True)
class Version:
    """One publication of an agent. `at` in UTC; `note` is what its author wrote about it."""

    version: Label
    at: Annotated[MaybeMoment, _called("created_at")] = None
    note: Annotated[Name, _called("changelog")] = ""


@dataclass(frozen=True, slots=True)
class Published:
    """From publishing: the agent, where Coze names it, and its new version."""

    version: Label
    bot_id: Owner = ""


@dataclass(frozen=True, slots=True)
class Versions:
    """One page of an agent's versions, newest first; Coze tells no total."""

    items: list[Version]


@dataclass(frozen=True, slots=True)
class Created:
    """From making an agent."""

    bot_id: Id


@dataclass(frozen=True, slots=True)
class CopyBegun:
    """From asking for a copy: the task that makes it, or within one workspace the copy at once."""

    task_id: Owner = ""
    copied_id: Annotated[Owner, _called("copied_entity_id")] = ""


@dataclass(frozen=True, slots=True)
class CopyProblem:
    """Why a part was not copied: the agent itself, or what it uses."""

    name: Annotated[Name, _called("entity_name")] = ""
    reason: Annotated[Name, _called("failed_reason")] = ""


@dataclass(frozen=True, slots=True)
class CopyTask:
    """How far a copy is: `status` is in_progress, successful or failed."""

    status: Annotated[Text, _called("task_status")] = ""
    copied_id: Annotated[Owner, _called("target_entity_id")] = ""
    problems: Annotated[list[CopyProblem], _called("failed_reasons"), BeforeValidator(lambda value: value or [])] = (
        field(default_factory=list)
    )


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a chat failed."""

    code: Number = 0
    msg: Text = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """One question on its way. `failure` says why it failed."""

    id: Id
    conversation_id: Id
    status: Text = ""  # created, in_progress, completed, failed, requires_action, canceled
    failure: Annotated[Failure | None, _called("last_error")] = None

    @property
    def over(self) -> bool:
        """Nothing more comes of it."""
        return self.status not in ("created", "in_progress")


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat: the question, the answer, or what else stands there."""

    type: Text = ""
    content: Text = ""


@dataclass(frozen=True, slots=True)
class OAuthToken:
    """An access token and its end in UTC, real time. Coze's `expires_in` is a moment and not a duration."""

    value: Annotated[SecretStr, PlainValidator(_secret), _called("access_token")]
    expires_at: Annotated[Moment, _called("expires_in")]


@dataclass(frozen=True, slots=True)
class BareRefusal:
    """How OAuth refuses: a word and a sentence, named as Coze's clients or as its documentation name them."""

    error_code: Text = ""
    error_message: Text = ""
    error: Text = ""
    error_description: Text = ""

    @property
    def word(self) -> str:
        """The word; empty where the answer is no refusal."""
        return self.error_code or self.error

    @property
    def sentence(self) -> str:
        """The sentence that goes with it."""
        return self.error_message or self.error_description


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """How somebody signs in: `user_code` is shown to them, `value` asks for their tokens, for `life` seconds.

    `interval`: seconds between two questions. Here Coze's `expires_in` is a duration.
    """

    value: Annotated[SecretStr, PlainValidator(_secret), _called("device_code")]
    user_code: Label
    page: Annotated[Address, _called("verification_uri")]
    life: Annotated[Number, _called("expires_in")]
    interval: Number = 5


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What somebody signed in brings: an access token, its end (UTC, real time), and what renews both, once."""

    access: Annotated[SecretStr, PlainValidator(_secret), _called("access_token")]
    expires_at: Annotated[Moment, _called("expires_in")]
    refresh: Annotated[SecretStr, PlainValidator(_secret), _called("refresh_token")]


def the_answer(data: Any) -> str:
    """The agent's answer among a chat's messages. Raises Unreachable where there is none."""
    texts = [message.content for message in read(list[Message], data) if message.type == "answer" and message.content]
    if not texts:
        raise CozeUnreachable("the answer has an unexpected shape")
    return texts[0]
