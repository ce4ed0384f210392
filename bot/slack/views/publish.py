"""Publish as people see it: the live card, the notices that ring."""

from datetime import datetime

from slack_sdk.models.blocks import (
    ButtonElement,
    InteractiveElement,
    RichTextElement,
)

from bot.core.people import Evidence
from bot.core.publish import Publication, PublicationState
from bot.core.publish_checks import from_rows
from bot.texts.locale import Help, Locale, error_help

from . import publish_checks as checks
from .buttons import KEPT, OPERATORS, add_in_glasses, agent_url, command, keep_anew, way_out
from .join.invited import check_now
from .parts import (
    HEADING,
    NAME,
    QUOTED,
    Card,
    Code,
    Line,
    Moment,
    actions,
    advice,
    button,
    context,
    cut,
    fit,
    headed,
    header,
    helped,
    line,
    link,
    menu,
    name,
    paragraph,
    quote,
    rich_text,
    text_section,
    with_name,
)
from .plan import Task, plan
from .publish_act import act
from .reviewed import gone, verdict, wrote
from .unpublish import wished


def card(
    publication: Publication, locale: Locale, now: datetime, *, rarely: bool = False, desk: bool = False
) -> Card:
    """The publication in its present state. `rarely`: the bot has few calls to Coze, and looks rarely; `desk`: the
    channel's admins decide here.
    """
    match publication.state:
        case PublicationState.DRAFT:
            return _draft(publication, locale)
        case PublicationState.CONFIRMED | PublicationState.SUBMITTED:
            return _working(publication, locale, now)
        case PublicationState.REVIEWING if publication.is_api_only:
            return _working(publication, locale, now)
        case PublicationState.REVIEWING | PublicationState.CLAIMED:
            return _reviewing(publication, locale, rarely=rarely, desk=desk)
        case PublicationState.ONLINE:
            return _on_api(publication, locale) if publication.is_api_only else _online(publication, locale)
        case PublicationState.REJECTED:
            return _rejected(publication, locale)
        case PublicationState.FAILED:
            return _failed(publication, locale)
        case PublicationState.UNKNOWN:
            return _unknown(publication, locale)
        case PublicationState.UNPUBLISHED | PublicationState.DELETED:
            return gone(publication, locale)


def notice(publication: Publication, locale: Locale) -> Card:
    """What stays of a notice of before its card itself came to the end of the DM."""
    return _one_line(locale._("“{name}”: there's an update"), publication.agent_name, locale)


def overtaken(publication: Publication, locale: Locale) -> Card:
    """What stays of an attempt once the next one has begun: its buttons would publish past that one."""
    return _one_line(locale._("“{name}”: sent again since, see the newer card"), publication.agent_name, locale)


def _one_line(text: str, called: str, locale: Locale) -> Card:
    return Card(with_name(text, called), [paragraph(locale, line(text, name=name(called)))])


def _draft(publication: Publication, locale: Locale) -> Card:
    text = locale._("Confirm that “{name}” is published")
    blocks = [
        headed(text, publication.agent_name),
        paragraph(locale, line(locale._("Nothing has been sent to Coze yet."))),
        actions(command("publish", locale, _named(publication), primary=True)),
    ]
    return Card(with_name(text, publication.agent_name), blocks)


def _working(publication: Publication, locale: Locale, now: datetime) -> Card:
    sent = publication.state is not PublicationState.CONFIRMED
    review: list[Task] = [] if publication.is_api_only else [(locale._("Review for the glasses"), "pending")]
    tasks: list[Task] = [
        (locale._("Sent to Coze"), "complete" if sent else "in_progress"),
        (locale._("Coze works on it, usually under a minute"), "in_progress" if sent else "pending"),
        *review,
        (locale._("Live"), "pending"),
    ]
    title = fit(locale._("Publishing “{name}” · Coze is working"), publication.agent_name, 2 * HEADING)
    job = plan(title, tasks, f"publish.plan:{publication.id}:{publication.state.value}", now)
    at = [line(locale._("sent {at}"), at=_sent_at(publication))] if publication.submitted_at else []
    print_ = [line(locale._("No need to wait, I'll tell you")), *at]
    text = with_name(locale._("Publishing “{name}”, Coze is working"), publication.agent_name)
    return Card(text, [job, context(locale, *print_)])


def _reviewing(publication: Publication, locale: Locale, *, rarely: bool, desk: bool) -> Card:
    way = locale._("✅ Sent → ⏳ **review for [channel]** → live")
    if publication.by_hand:
        way = locale._("✅ Published by hand · you confirmed → ⏳ **review for [channel]** → live")
    steps = [line(way), *_accepted(publication, locale)]
    told = locale._("I'll tell you once Coze lists it; if Coze says it was rejected, tell me under ⋯")
    if desk:
        told = locale._("the channel's admins decide, and I tell you at once")
    print_ = [line(told)]
    print_ += [line(locale._("I look after 10 minutes, 6 and 20 hours, 3 and 7 days"))] if rarely else []
    if publication.checked_at:
        print_.append(line(locale._("last checked {at}"), at=Moment(publication.checked_at)))
    print_.append(line(locale._("“Check now” costs 1 call to Coze")))
    print_.insert(0, line(locale._("Sent {at}"), at=_sent_at(publication)))
    blocks = [
        header(act(publication, locale)),
        paragraph(locale, *steps),
        actions(
            _open_agent(publication, locale),
            button(check_now(locale), "publish.check", publication.id),
            menu(
                "publish.more",
                (locale._("It was rejected…"), f"rejected:{publication.id}"),
                _past(publication, locale),
            ),
        ),
        context(locale, *print_),
    ]
    return Card(with_name(locale._("“{name}” is in review"), publication.agent_name), blocks)


def _online(publication: Publication, locale: Locale) -> Card:
    known, when = locale._("✅ [channel]: listed by Coze · verified"), locale._("Seen in Coze's list {at}")
    if publication.evidence is Evidence.CONFIRMED:
        known, when = locale._("✅ [channel]: live · you confirmed"), locale._("Live since {at}")
    elif publication.reviewed_at:
        known, when = locale._("✅ [channel]: approved by its admins · verified"), locale._("Live since {at}")
    lines = [
        line(known),
        *_accepted(publication, locale),
        line(locale._("Put on the glasses and say: 「[find]{name}」."), name=name(publication.agent_name)),
    ]
    off = [] if publication.is_being_taken_off else [(locale._("Take offline…"), f"off:{publication.id}")]
    blocks = [
        headed(locale._("“{name}” is live 🎉"), publication.agent_name),
        rich_text(text_section(locale, *lines), *wished(publication, locale)),
        actions(
            add_in_glasses(publication, locale),
            _open_agent(publication, locale),
            menu(
                "publish.more",
                (locale._("Ask it something…"), f"try:{publication.id}"),
                _past(publication, locale),
                *off,
            ),
        ),
        context(locale, line(when, at=_settled_at(publication))),
    ]
    return Card(with_name(locale._("“{name}” is live"), publication.agent_name), blocks)


def _on_api(publication: Publication, locale: Locale) -> Card:
    known, when = locale._("✅ API: listed by Coze · verified"), locale._("Seen in Coze's list {at}")
    if publication.evidence is Evidence.CONFIRMED:
        known, when = locale._("✅ API: live · you confirmed"), locale._("Live since {at}")
    reach = locale._("Tokens with chat permission can reach it now. [channel] stays as it is.")
    blocks = [
        headed(locale._("“{name}” · on the API channel"), publication.agent_name),
        paragraph(locale, line(known), *_accepted(publication, locale), line(reach)),
        actions(
            command("start", locale),
            _open_agent(publication, locale),
            menu(
                "publish.more",
                (locale._("Ask it something…"), f"try:{publication.id}"),
                _past(publication, locale),
            ),
        ),
        context(locale, line(when, at=_settled_at(publication))),
    ]
    return Card(with_name(locale._("“{name}” is on the API channel"), publication.agent_name), blocks)


def _rejected(publication: Publication, locale: Locale) -> Card:
    stays = locale._("The API channel isn't affected and keeps working.")
    if publication.by_hand:  # whether it is there nobody has looked
        stays = locale._("What is on the API channel stays as it is.")
    api = text_section(locale, line(stays))
    failed = line(locale._("❌ **It didn't pass the review.**"))
    words: list[RichTextElement] = [text_section(locale, failed)]
    if publication.reason:
        words = [text_section(locale, failed, wrote(publication, locale)), quote(publication.reason, QUOTED)]
    blocks = [
        header(act(publication, locale)),
        rich_text(*words, api),
        actions(
            _open_agent(publication, locale),
            _again(publication, locale, primary=True),
            menu("publish.more", _past(publication, locale)),
        ),
        context(locale, verdict(publication, locale), *_settled(publication)),
    ]
    text = locale._("“{name}” was rejected in review; fix it and publish again")
    return Card(with_name(text, publication.agent_name), blocks)


def _failed(publication: Publication, locale: Locale) -> Card:
    if publication.checks:
        return _stopped(publication, locale)
    help = error_help(publication.error or "", locale, reason=publication.reason)
    not_published = locale._("❌ **“{name}” wasn't published** · {what}")
    blocks = [
        header(locale._("Tell an admin") if help.key in OPERATORS else help.act),
        rich_text(*explained(line(not_published, name=publication.agent_name, what=help.what), help, locale)),
        actions(*_way_on(help, publication, locale)),
        context(
            locale, line(locale._("Nothing was published")), *_log_id(publication, locale), *_settled(publication)
        ),
    ]
    return Card(with_name(locale._("“{name}” could not be published"), publication.agent_name), blocks)


def _stopped(publication: Publication, locale: Locale) -> Card:
    """What was looked at before the call kept it from being made."""
    found = from_rows(publication.checks)
    place = publication.workspace_id, publication.is_api_only
    about = checks.Subject(publication.agent_id, publication.agent_name, *place)
    blocks = [
        header(checks.title_of(found, locale)),
        *checks.blocks(about, found, locale),
        actions(_again(publication, locale, primary=True), _open_agent(publication, locale)),
        context(
            locale, line(locale._("Nothing was published")), *_log_id(publication, locale), *_settled(publication)
        ),
    ]
    return Card(with_name(locale._("“{name}” could not be published"), publication.agent_name), blocks)


def explained(what: Line, help: Help, locale: Locale) -> list[RichTextElement]:
    """What happened, why and what to do; of the bot's own credential only whom to tell."""
    if help.key in OPERATORS:
        return [text_section(locale, what, line(locale._("The problem is my own credential: please tell an admin.")))]
    return [text_section(locale, what, helped(help.why, help)), advice(help, locale)]


def _way_on(help: Help, publication: Publication, locale: Locale) -> list[ButtonElement]:
    if help.key in OPERATORS:
        return [_again(publication, locale)]
    return way_out(help, locale, "publish", _named(publication), publication)


def _unknown(publication: Publication, locale: Locale) -> Card:
    history = locale._("I stopped here so that nothing is published twice.")
    look = locale._("Please look in the agent's **[publish]** (Publish) history, and tell me what you find.")
    unheard = locale._("Coze didn't answer when I sent it, and the version list doesn't tell.")
    unsettled = locale._("Coze has it, but no verdict has come in 7 days.")
    if publication.is_api_only:
        unsettled = locale._("Coze took it, but hasn't listed it on the API channel in 7 days.")
    why = [line(unsettled if publication.version else unheard), line(history)]
    if publication.by_hand:
        why = [line(locale._("You published it by hand; in 7 days Coze hasn't listed it."))]
    if publication.error:  # nothing to look with
        help = error_help(publication.error, locale)
        why = [line(help.what), helped(help.why, help)]
    sent = "{at}" if publication.by_hand else locale._("Sent {at}")
    blocks = [
        header(act(publication, locale)),
        paragraph(locale, *why, line(look)),
        actions(*_settling(publication, locale)),
        context(locale, line(sent, at=_sent_at(publication)), *_log_id(publication, locale)),
    ]
    text = locale._("Not sure whether “{name}” was published, please take a look")
    return Card(with_name(text, publication.agent_name), blocks)


def _settling(publication: Publication, locale: Locale) -> list[InteractiveElement]:
    """Look, then say what was found. What never reached Coze was hardly rejected there: it is sent again."""
    online = button(locale._("It's live"), "publish.settle_done", publication.id)
    first: ButtonElement = _open_agent(publication, locale, primary=True)
    if publication.error in KEPT:
        first = keep_anew(error_help(publication.error, locale))
    check = (check_now(locale), f"check:{publication.id}")
    rejected = locale._("It was rejected…")
    if (publication.version or publication.by_hand) and not publication.is_api_only:
        ended = button(rejected, "publish.rejected", publication.id)
        rare = (locale._("Publish again…"), f"again:{publication.id}")
    else:
        ended = _again(publication, locale)
        rare = (rejected, f"rejected:{publication.id}")
    verdict_too = [] if publication.is_api_only else [rare]
    return [first, online, ended, menu("publish.more", check, *verdict_too, _past(publication, locale))]


def _accepted(publication: Publication, locale: Locale) -> list[Line]:
    if not publication.version:
        return []
    return [line(locale._("✅ Coze took version {version} · verified"), version=cut(publication.version, NAME))]


def _open_agent(publication: Publication, locale: Locale, *, primary: bool = False) -> ButtonElement:
    return link(locale._("Open agent"), "agent", agent_url(publication), primary=primary)


def _again(publication: Publication, locale: Locale, *, primary: bool = False) -> ButtonElement:
    return button(locale._("Publish again…"), "command.publish", _named(publication), primary=primary)


def _named(publication: Publication) -> str:
    """What the command is to be given to publish it to the same place."""
    return f"{publication.agent_id} --api" if publication.is_api_only else publication.agent_id


def _past(publication: Publication, locale: Locale) -> tuple[str, str]:
    return locale._("Release history"), f"history:{publication.id}"


def _sent_at(publication: Publication) -> Moment:
    return Moment(publication.submitted_at or publication.created_at)


def _settled_at(publication: Publication) -> Moment:
    return Moment(publication.settled_at or publication.created_at)


def _settled(publication: Publication) -> list[Line]:
    return [line("{at}", at=_settled_at(publication))] if publication.settled_at else []


def _log_id(publication: Publication, locale: Locale) -> list[Line]:
    return [line(locale._("log ID {id}"), id=Code(publication.log_id))] if publication.log_id else []
