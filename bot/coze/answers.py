"""What Coze answers, as typed values. Reading them raises `Unreachable` when an answer has another shape."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from .errors import Unreachable
from .secret import Secret

T = TypeVar("T")
Outcome = Literal["added", "invited", "already_invited", "already_joined", "not_exist", "unnamed"]


@dataclass(frozen=True, slots=True)
class Account:
    """Whose token it is."""

    user_id: str
    name: str
    nickname: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """A space the account has joined. An empty `enterprise_id` means the personal edition."""

    id: str
    name: str
    role: str  # owner, admin, member
    kind: str  # personal, team
    enterprise_id: str
    owner_id: str

    @property
    def opens(self) -> bool:
        """Whether the account may open it to a token: in the personal edition its owner alone, in an organisation
        whoever has joined. Coze does not tell which of those a token was opened to.
        """
        return bool(self.enterprise_id) or self.role == "owner"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who has joined a workspace; people with an open invitation are none yet."""

    user_id: str
    role: str
    nickname: str


@dataclass(frozen=True, slots=True)
class Invited:
    """Coze's five lists. It answers "success" even when every person is in `not_exist`."""

    added: tuple[str, ...]
    invited: tuple[str, ...]
    already_invited: tuple[str, ...]
    already_joined: tuple[str, ...]
    not_exist: tuple[str, ...]

    def outcome(self, user_id: str) -> Outcome:
        """In which list a person is; "unnamed" if in none."""
        if user_id in self.added:
            return "added"
        if user_id in self.invited:
            return "invited"
        if user_id in self.already_invited:
            return "already_invited"
        if user_id in self.already_joined:
            return "already_joined"
        return "not_exist" if user_id in self.not_exist else "unnamed"


@dataclass(frozen=True, slots=True)
class Removed:
    """Coze's three lists. The space's owner can't be taken out."""

    removed: tuple[str, ...]
    not_there: tuple[str, ...]
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent in a list, or its published copy or draft. Times in UTC; `version` is empty in lists and drafts."""

    id: str
    name: str
    description: str
    owner_id: str
    published: bool
    updated_at: datetime | None
    published_at: datetime | None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One publication of an agent. `at` in UTC."""

    version: str
    changelog: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Chat:
    """One question on its way. `code` and `message` say why it failed."""

    id: str
    conversation_id: str
    status: str  # created, in_progress, completed, failed, requires_action, canceled
    code: int
    message: str

    @property
    def over(self) -> bool:
        """Nothing more comes of it."""
        return self.status not in ("created", "in_progress")


@dataclass(frozen=True, slots=True)
class OAuthToken:
    """An access token and its end in UTC, real time."""

    value: Secret
    expires_at: datetime


def read(reader: Callable[[Any], T], data: Any) -> T:
    """Apply `reader`; an answer that it can't read counts as none."""
    try:
        return reader(data)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError, StopIteration):
        pass  # left, so that the answer does not hang on to the error as its context
    raise Unreachable("the answer has an unexpected shape")


def account(data: Any) -> Account:
    """From GET /v1/users/me."""
    return Account(_id(data["user_id"]), _text(data, "user_name"), _text(data, "nick_name"))


def workspaces(data: Any) -> tuple[list[Workspace], int]:
    """One page of GET /v1/workspaces and the total."""
    return [_workspace(item) for item in data["workspaces"]], int(data["total_count"])


def members(data: Any) -> tuple[list[Member], int]:
    """One page of a workspace's members and the total."""
    items = [
        Member(_id(item["user_id"]), _text(item, "role_type"), _text(item, "user_nickname")) for item in data["items"]
    ]
    return items, int(data["total_count"])


def invited(data: Any) -> Invited:
    """From adding members."""
    lists = ("added_success", "invited_success", "already_invited", "already_joined", "not_exist")
    return Invited(*(_ids(data.get(f"{name}_user_ids") or ()) for name in lists))


def removed(data: Any) -> Removed:
    """From removing members. Coze's reference spells the second list in two ways."""
    absent = data.get("not_in_workspace_user_ids") or data.get("not_in_space_user_ids") or ()
    owners = data.get("owner_not_support_remove_user_ids") or ()
    return Removed(_ids(data.get("removed_success_user_ids") or ()), _ids(absent), _ids(owners))


def agents(data: Any) -> tuple[list[Agent], int]:
    """One page of GET /v1/bots and the total."""
    return [_listed_agent(item) for item in data["items"]], int(data["total"])


def agent(data: Any) -> Agent:
    """From GET /v1/bots/:bot_id."""
    version = _text(data, "version")
    return Agent(
        _id(data["bot_id"]),
        _text(data, "name"),
        _text(data, "description"),
        str(data.get("owner_user_id") or ""),
        bool(version),
        _moment(data.get("update_time")),
        None,
        version,
    )


def versions(data: Any) -> list[Version]:
    """One page of an agent's versions, newest first."""
    return [
        Version(_id(item["version"]), _text(item, "changelog"), _moment(item.get("created_at")))
        for item in data["items"]
    ]


def published_version(data: Any) -> str:
    """From POST /v1/bot/publish."""
    return _id(data["version"])


def bot_id(data: Any) -> str:
    """From POST /v1/bot/create."""
    return _id(data["bot_id"])


def chat(data: Any) -> Chat:
    """From POST /v3/chat and GET /v3/chat/retrieve."""
    failure = data.get("last_error") or {}
    return Chat(
        _id(data["id"]),
        _id(data["conversation_id"]),
        _text(data, "status"),
        int(failure.get("code") or 0),
        _text(failure, "msg"),
    )


def answer(data: Any) -> str:
    """The agent's answer from GET /v3/chat/message/list, which lists other things too."""
    texts = (_text(item, "content") for item in data if item.get("type") == "answer")
    return next(text for text in texts if text)


def oauth_token(data: Any) -> OAuthToken:
    """From the token endpoint, whose `expires_in` is a moment in Unix seconds and not a duration."""
    value = data["access_token"]
    if not isinstance(value, str) or not value:
        raise ValueError("no token")
    return OAuthToken(Secret(value), datetime.fromtimestamp(int(data["expires_in"]), UTC))


def _workspace(item: Any) -> Workspace:
    return Workspace(
        _id(item["id"]),
        _text(item, "name"),
        _text(item, "role_type"),
        _text(item, "workspace_type"),
        str(item.get("enterprise_id") or ""),
        str(item.get("owner_uid") or ""),
    )


def _listed_agent(item: Any) -> Agent:
    return Agent(
        _id(item["id"]),
        _text(item, "name"),
        _text(item, "description"),
        str(item.get("owner_user_id") or ""),
        bool(item.get("is_published")),
        _moment(item.get("updated_at")),
        _moment(item.get("published_at")),
    )


def _id(value: Any) -> str:
    """Ids have up to 19 digits: text, or an integer that JSON kept whole; never a float."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise ValueError("not an id")
    return str(value)


def _ids(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(_id(value) for value in values)


def _text(item: Any, key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _moment(seconds: Any) -> datetime | None:
    """Unix seconds, as number or digits; 0 and nothing mean none."""
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None
