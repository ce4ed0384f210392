"""Somebody who leaves, as admins see it: being removed from the team, or switched off in Slack."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.core import credential as tokens
from bot.core import join
from bot.core.credential import Credential
from bot.core.join import Request
from bot.core.publish import Publication
from bot.texts.locale import Locale, error_help

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
    helped,
    line,
    link,
    name,
    numbered,
    paragraph,
    rich_text,
    text_section,
    with_name,
)
from ..status import agent_state, shown
from .grade import short
from .shared import account, titled

LISTED = 10


def being_removed(request: Request, locale: Locale, workspace_url: str | None) -> Card:
    """An admin wants them out: Coze is asked, has refused, or an admin has to do it by hand."""
    if request.by_hand:
        return _by_hand(request, locale, workspace_url)
    if request.error:
        return _failed(request, locale, workspace_url)
    blocks: list[Block] = [
        *titled(request, locale, locale._("Leaving the team · being removed")),
        account(request, locale),
        paragraph(locale, _wanted(request, locale), line(locale._("⏳ Coze is being asked to remove them"))),
    ]
    return Card(with_name(locale._("{name} is being removed from the team"), request.name), blocks)


def _wanted(request: Request, locale: Locale) -> Line:
    by = Mention(request.removed_by) if request.removed_by else locale._("an admin")
    return line(locale._("➖ {by} removes them from the team"), by=by)


def _by_hand(request: Request, locale: Locale, workspace_url: str | None) -> Card:
    steps = [
        line(locale._("Open **[members]** (Members) of the **ShargeAI** space")),
        line(locale._("Remove the member with user ID {uid}"), uid=Code(request.coze_uid)),
    ]
    row = [button(locale._("I removed them"), "join.removed", request.id, primary=not workspace_url)]
    if workspace_url:
        row.insert(0, link(locale._("Open the Coze space"), "space", workspace_url, primary=True))
    reason = line(locale._("No team credential is set up, so this is yours to do."))
    blocks: list[Block] = [
        *titled(request, locale, locale._("Leaving the team · please remove")),
        account(request, locale),
        rich_text(text_section(locale, _wanted(request, locale), reason), numbered(locale, *steps)),
        actions(*row),
        context(locale, line(locale._("Until then they are still in the space"))),
    ]
    return Card(with_name(locale._("Please remove {name} from the team in Coze"), request.name), blocks)


def _failed(request: Request, locale: Locale, workspace_url: str | None) -> Card:
    help = error_help(request.error or "", locale)
    row = [button(locale._("Try again"), "join.remove_again", request.id, primary=True)]
    if workspace_url:
        row.append(link(locale._("Open the Coze space"), "space", workspace_url))
    print_ = [line(locale._("log ID {id}"), id=Code(request.log_id))] if request.log_id else []
    blocks: list[Block] = [
        *titled(request, locale, locale._("Leaving the team · not removed yet")),
        account(request, locale),
        paragraph(
            locale,
            _wanted(request, locale),
            line(locale._("❌ **Didn't work** · {what}"), what=help.what),
            helped(help.why, help),
        ),
        actions(*row),
        context(locale, *print_, line(locale._("Until then they are still in the space"))),
    ]
    return Card(with_name(locale._("{name} could not be removed from the team yet"), request.name), blocks)


def left(
    locale: Locale,
    user_id: str,
    request: Request | None,
    credentials: Sequence[Credential],
    publications: Sequence[Publication],
) -> Card:
    """What somebody still holds who was deactivated in Slack; the admins decide what happens to it."""
    watched = [each for each in credentials if each.state is tokens.CredentialState.ACTIVE]
    held = [
        *_membership(request, locale),
        *(
            line(locale._("agent “{name}” · {state}"), name=name(each.agent_name), state=agent_state(each, locale))
            for each in shown(publications)
        ),
        *(
            line(
                locale._("token “{name}”, expires {ends}"), name=name(each.name), ends=Moment(each.ends_at, day=True)
            )
            for each in watched
        ),
    ]
    fact = line(locale._("🚪 {who} was deactivated in Slack"), who=Mention(user_id))
    if not held:
        return Card(
            fallback_text(locale, fact), [paragraph(locale, fact, line(locale._("Nothing of theirs is left.")))]
        )
    if len(held) > LISTED:
        held = [*held[:LISTED], line(locale._("{count} more", count=len(held) - LISTED))]
    blocks: list[Block] = [
        rich_text(text_section(locale, fact, line(locale._("Still theirs:"))), bullets(locale, *held)),
    ]
    if request and request.state is join.JoinState.JOINED:
        show = button(locale._("Show request"), "join.show", request.id, primary=True)
        blocks.append(actions(show))
    blocks.append(context(locale, line(locale._("I changed nothing on Coze"))))
    text = line(locale._("🚪 {who} was deactivated in Slack and still holds something"), who=Mention(user_id))
    return Card(fallback_text(locale, text), blocks)


def _membership(request: Request | None, locale: Locale) -> list[Line]:
    if request is None:
        return []
    uid = Code(request.coze_uid)
    if request.state is join.JoinState.JOINED:
        text = locale._("membership of the **ShargeAI** space, user ID {uid} · {grade}")
        return [line(text, uid=uid, grade=short(request, locale))]
    if request.state is join.JoinState.CLOSED and request.invited_at:
        return [line(locale._("an open **ShargeAI** invitation, user ID {uid}"), uid=uid)]
    return []
