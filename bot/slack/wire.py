"""The parser: Slack's payloads, checked once against the shape that Slack documents, become typed requests.

What lacks a part, or has one of another type, has no known shape and is refused as a whole; parts that nobody reads
may be anything. Sources: docs.slack.dev/reference/interaction-payloads, /events, /block-kit.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from bot.slack import words
from bot.slack.events_wire import event_of
from bot.slack.fields import EMPTY, Entered, Fields, question_of
from bot.slack.happenings import Ignored, Parsed
from bot.slack.router import Command, Delivery, Place, Press, ReplyTarget, Submission, Suggestion

LONGEST_KEY = 120  # characters of an idempotency key in its table
LONGEST_TEXT = 40_000
INPUT = "value"  # the action id of each input
LAST_MOMENT = 253_402_300_800  # seconds since 1970 at which the year 10000 begins: no calendar of ours goes further

Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[!-~]+$")]
UserId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,19}$")]
Text = Annotated[
    str, StringConstraints(max_length=LONGEST_TEXT), AfterValidator(lambda text: text.replace("\0", "\ufffd"))
]
"""What a person may have typed. A NUL, which PostgreSQL takes in no text, becomes the replacement character."""


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


Day = Annotated[str, AfterValidator(_day)]


class NoKnownShape(ValueError):
    """A payload is not as Slack documents it; the text says which parts, and nothing of what stood there."""


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)


class _Named(_Part):
    id: Name


class _User(_Part):
    id: UserId
    team_id: Name | None = None


class _Team(_Named):
    enterprise_id: Name | None = None


class _Shared(_Part):
    """What deliveries of every kind may have beside their own parts. A command's texts are all strings."""

    api_app_id: Name | None = None
    team: _Team | None = None
    team_id: Name | None = None
    enterprise: _Named | None = None
    enterprise_id: Name | None = None
    is_enterprise_install: bool | Literal["true", "false", ""] | None = None

    def delivery(self, key: str) -> Delivery:
        """Whose delivery it is, under this key."""
        team, org = self._whose()
        return Delivery(
            _key(key),
            team,
            self.api_app_id or "",
            enterprise_id=org,
            is_org_wide=self.is_enterprise_install in (True, "true"),
            installed=self._installed(),
        )

    def _whose(self) -> tuple[str, str]:
        """Workspace and organisation, "" where they are not named."""
        team = self.team.id if self.team else self.team_id
        org = self.enterprise.id if self.enterprise else self.enterprise_id
        return team or "", org or (self.team.enterprise_id if self.team else None) or ""

    def _installed(self) -> tuple[str, ...]:
        return ()


class _OfUser(_Shared):
    """What a person does; where no workspace and no organisation is named, it is of the person's workspace."""

    user: _User

    def _whose(self) -> tuple[str, str]:
        team, org = super()._whose()
        return team or ("" if org else self.user.team_id or ""), org


class _Label(_Part):
    text: Text = ""


class _Option(_Part):
    value: Text = ""
    text: _Label = _Label()


class _Value(_Part):
    """What stands in one element, of whichever kind it is."""

    value: Text | None = None
    selected_option: _Option | None = None
    selected_options: tuple[_Option, ...] | None = Field(default=None, strict=False)
    selected_user: UserId | None = None
    selected_users: tuple[UserId, ...] | None = Field(default=None, strict=False)
    selected_conversation: UserId | None = None
    selected_conversations: tuple[UserId, ...] | None = Field(default=None, strict=False)
    selected_date: Day | None = None
    selected_time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = None
    selected_date_time: Annotated[int, Field(ge=0, lt=LAST_MOMENT)] | None = None

    def entered(self) -> Entered:
        """The same for whoever reads it."""
        option = self.selected_option or _Option()
        picked = self.selected_user or self.selected_conversation or self.selected_date or self.selected_time
        text = self.value or option.value or picked or ""
        several = *(self.selected_users or ()), *(self.selected_conversations or ())
        ticked = *(each.value for each in self.selected_options or ()), *several
        return Entered(text, option.text.text, ticked, self.selected_date_time or 0)


class _State(_Part):
    values: dict[Name, dict[Name, _Value]] = {}

    def fields(self) -> Fields:
        """The inputs by their block ids: each of our blocks holds one."""
        return Fields({block: next(iter(each.values())).entered() for block, each in self.values.items() if each})


class _Block(_Part):
    type: Name
    block_id: Name


class _View(_Part):
    id: Name
    type: Literal["modal", "home"]
    callback_id: Annotated[str, StringConstraints(max_length=255, pattern=r"^[!-~]*$")] = ""
    private_metadata: Text = ""
    previous_view_id: Name | None = None
    state: _State = _State()
    blocks: list[_Block]


class _Command(_Shared):
    command: Name
    user_id: UserId
    trigger_id: Name
    text: Text = ""
    response_url: Text = ""


class _Action(_Value):
    action_id: Name
    block_id: Name | None = None

    @property
    def name(self) -> str:
        """What was pressed; an input that is heard at once goes by its question, as inputs do."""
        return self.block_id if self.action_id == INPUT and self.block_id else self.action_id


class _Container(_Part):
    is_ephemeral: bool = False
    channel_id: Name | None = None


class _BlockActions(_OfUser):
    type: Literal["block_actions"]
    trigger_id: Name
    actions: Annotated[list[_Action], Field(min_length=1)]
    container: _Container = _Container()
    view: _View | None = None
    response_url: Text = ""


class _SentView(_View):
    type: Literal["modal"]
    callback_id: Name


class _ResponseUrl(_Part):
    response_url: Text


class _ViewSubmission(_OfUser):
    type: Literal["view_submission"]
    trigger_id: Name
    view: _SentView
    response_urls: Annotated[list[_ResponseUrl], Field(max_length=1)] = []


class _Shortcut(_OfUser):
    type: Literal["shortcut"]
    trigger_id: Name
    callback_id: Name


class _Happening(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow", hide_input_in_errors=True)
    type: Name


class _Authorization(_Part):
    team_id: Name | None = None
    enterprise_id: Name | None = None
    user_id: Name | None = None
    is_enterprise_install: bool | None = None


class _EventCallback(_Shared):
    type: Literal["event_callback"]
    event_id: Name
    event: _Happening
    authorizations: list[_Authorization] | None = None

    def _installed(self) -> tuple[str, ...]:
        """Of an installation in a whole organisation the organisation."""
        for_org = (each.enterprise_id if each.is_enterprise_install else None for each in self.authorizations or ())
        teams = (each.team_id for each in self.authorizations or ())
        return tuple(each for each in (*teams, *for_org) if each)


class _Suggestion(_OfUser):
    type: Literal["block_suggestion"]
    block_id: Name
    action_id: Name
    value: Text = ""
    view: _View | None = None


class _Other(_Shared):
    type: Literal["view_closed", "message_action"]


_Payload = Annotated[
    _BlockActions | _ViewSubmission | _Suggestion | _Shortcut | _EventCallback | _Other, Field(discriminator="type")
]
_PAYLOAD: TypeAdapter[Any] = TypeAdapter(_Payload)


def parse(body: Mapping[str, Any]) -> Parsed:
    """What was delivered. Raises NoKnownShape."""
    try:
        if "command" in body:
            return _command(_Command.model_validate(body))
        payload = _PAYLOAD.validate_python(body)
    except ValidationError as error:
        raise NoKnownShape(_parts(error)) from None
    match payload:
        case _BlockActions():
            return _press(payload)
        case _ViewSubmission():
            return _submission(payload)
        case _Suggestion():
            return _suggestion(payload)
        case _Shortcut():
            return _shortcut(payload)
        case _EventCallback():
            return event_of(payload.delivery(payload.event_id), body["event"])
    return Ignored(payload.delivery("-"))


def _parts(error: ValidationError) -> str:
    """Where it differs, in the schema's own words alone."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return ", ".join(f"{'.'.join(str(part)[:40] for part in each['loc'][-4:])}: {each['type']}" for each in found[:3])


def _command(sent: _Command) -> Command:
    verb, rest = words.split(sent.text)
    target = ReplyTarget(sent.trigger_id, sent.response_url)
    return Command(sent.delivery(sent.trigger_id), sent.user_id, verb, rest, target)


def _shortcut(sent: _Shortcut) -> Command:
    verb = sent.callback_id.partition(".")[2]
    target = ReplyTarget(sent.trigger_id)
    return Command(sent.delivery(sent.trigger_id), sent.user.id, verb, "", target, "shortcut")


def _press(sent: _BlockActions) -> Command | Press | Ignored:
    action, view = sent.actions[0], sent.view
    delivery, value = sent.delivery(sent.trigger_id), action.entered().text
    name = question_of(action.name.partition(":")[0])  # what follows a colon only tells a message's buttons apart
    feature, _, verb = name.partition(".")
    in_modal = view is not None and view.type == "modal"
    target = ReplyTarget(sent.trigger_id, sent.response_url, view.id if view and in_modal else "")
    if feature == "open":  # a link: the person is there already
        return Ignored(delivery)
    if feature == "command":
        return Command(delivery, sent.user.id, verb, value, target, "button")
    place = Place(
        view.callback_id if view else "",
        view.private_metadata if view else "",
        view.state.fields() if view else EMPTY,
        only_theirs=in_modal or sent.container.is_ephemeral,
        outside_dm=not in_modal and not (sent.container.channel_id or "").startswith("D"),
    )
    return Press(delivery, sent.user.id, name, value, target, place)


def _submission(sent: _ViewSubmission) -> Submission:
    view = sent.view
    return Submission(
        sent.delivery(sent.trigger_id),
        sent.user.id,
        view.callback_id,
        view.id,
        view.private_metadata,
        view.state.fields(),
        tuple(block.block_id for block in view.blocks if block.type == "input"),
        view.previous_view_id or "",
    )


def _suggestion(sent: _Suggestion) -> Suggestion:
    delivery = replace(sent.delivery("-"), is_claimed=True)  # it brings no key, and needs none
    metadata = sent.view.private_metadata if sent.view else ""
    return Suggestion(delivery, sent.user.id, question_of(sent.block_id), sent.value, metadata)


def _key(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
