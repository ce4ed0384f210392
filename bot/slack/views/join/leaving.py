"""Somebody who leaves, as admins see it: being removed from the team, or switched off in Slack."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.core import credential as tokens
from bot.core import join
from bot.core.credential import Credential
from bot.core.join import Request
from bot.core.publish import Publication
from bot.texts import Reader, error_help

from ..parts import (
    Card,
    Code,
    Line,
    Mention,
    Moment,
    actions,
    bullets,
    button,
    context,
    fallback_text,
    header,
    helped,
    line,
    link,
    numbered,
    paragraph,
    rich_text,
    text_section,
)
from ..status import agent_state, shown
from ..strings import name, with_name
from .shared import account, number

LISTED = 10


def being_removed(request: Request, reader: Reader, workspace_url: str | None) -> Card:
    """An admin wants them out: Coze is asked, has refused, or an admin has to do it by hand."""
    if request.by_hand:
        return _by_hand(request, reader, workspace_url)
    if request.error:
        return _failed(request, reader, workspace_url)
    blocks = [
        header(reader.t("Leaving the team · being removed")),
        account(request, reader),
        paragraph(reader, _wanted(request, reader), line(reader.t("⏳ Coze is being asked to remove them"))),
        context(reader, number(request, reader)),
    ]
    return Card(with_name(reader.t("{name} is being removed from the team"), request.name), blocks)


def _wanted(request: Request, reader: Reader) -> Line:
    by = Mention(request.removed_by) if request.removed_by else reader.t("an admin")
    return line(reader.t("➖ {by} removes them from the team"), by=by)


def _by_hand(request: Request, reader: Reader, workspace_url: str | None) -> Card:
    steps = [
        line(reader.t("Open **[members]** (Members) of the **ShargeAI** space")),
        line(reader.t("Remove the member with user ID {uid}"), uid=Code(request.coze_uid)),
    ]
    row = [button(reader.t("I removed them"), "join.removed", request.id, primary=not workspace_url)]
    if workspace_url:
        row.insert(0, link(reader.t("Open the Coze space"), "space", workspace_url, primary=True))
    reason = line(reader.t("No workspace credential is set up, so this is yours to do."))
    blocks = [
        header(reader.t("Leaving the team · please remove")),
        account(request, reader),
        rich_text(text_section(reader, _wanted(request, reader), reason), numbered(reader, *steps)),
        actions(*row),
        context(reader, line(reader.t("Until then they are still in the space")), number(request, reader)),
    ]
    return Card(with_name(reader.t("Please remove {name} from the team in Coze"), request.name), blocks)


def _failed(request: Request, reader: Reader, workspace_url: str | None) -> Card:
    help = error_help(request.error or "", reader)
    row = [button(reader.t("Try again"), "join.remove_again", request.id, primary=True)]
    if workspace_url:
        row.append(link(reader.t("Open the Coze space"), "space", workspace_url))
    print_ = [line(reader.t("log ID {id}"), id=Code(request.log_id))] if request.log_id else []
    blocks = [
        header(reader.t("Leaving the team · not removed yet")),
        account(request, reader),
        paragraph(
            reader,
            _wanted(request, reader),
            line(reader.t("❌ **Fix** {what}"), what=help.what),
            helped(help.why, help),
        ),
        actions(*row),
        context(reader, *print_, line(reader.t("Until then they are still in the space")), number(request, reader)),
    ]
    return Card(with_name(reader.t("{name} could not be removed from the team yet"), request.name), blocks)


def left(
    reader: Reader,
    user_id: str,
    request: Request | None,
    credentials: Sequence[Credential],
    publications: Sequence[Publication],
) -> Card:
    """What somebody still holds who was deactivated in Slack; the admins decide what happens to it."""
    watched = [each for each in credentials if each.state is tokens.State.ACTIVE]
    held = [
        *_membership(request, reader),
        *(
            line(reader.t("agent “{name}” · {state}"), name=name(each.agent_name), state=agent_state(each, reader))
            for each in shown(publications)
        ),
        *(
            line(reader.t("token “{name}”, ends {ends}"), name=name(each.name), ends=Moment(each.ends_at, day=True))
            for each in watched
        ),
    ]
    fact = line(reader.t("🚪 {who} was deactivated in Slack"), who=Mention(user_id))
    if not held:
        return Card(
            fallback_text(reader, fact), [paragraph(reader, fact, line(reader.t("Nothing of theirs is left.")))]
        )
    if len(held) > LISTED:
        held = [*held[:LISTED], line(reader.t("{count} more", count=len(held) - LISTED))]
    blocks: list[Block] = [
        rich_text(text_section(reader, fact, line(reader.t("Still theirs:"))), bullets(reader, *held)),
    ]
    if request and request.state is join.State.JOINED:
        show = button(reader.t("Show request"), "join.show", request.id, primary=True)
        blocks.append(actions(show))
    blocks.append(context(reader, line(reader.t("I changed nothing on Coze"))))
    text = line(reader.t("🚪 {who} was deactivated in Slack and still holds something"), who=Mention(user_id))
    return Card(fallback_text(reader, text), blocks)


def _membership(request: Request | None, reader: Reader) -> list[Line]:
    if request is None:
        return []
    uid = Code(request.coze_uid)
    if request.state is join.State.JOINED:
        return [line(reader.t("membership of the **ShargeAI** space, user ID {uid}"), uid=uid)]
    if request.state is join.State.CLOSED and request.invited_at:
        return [line(reader.t("an open **ShargeAI** invitation, user ID {uid}"), uid=uid)]
    return []
