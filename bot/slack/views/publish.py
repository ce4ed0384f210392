"""Publish as people see it: picking an agent, confirming, the live card, the notices that ring."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    InteractiveElement,
    Option,
    RichTextElement,
    StaticSelectElement,
)

from bot.core.people import Evidence
from bot.core.publish import Publication, PublicationState
from bot.slack.fields import Fields
from bot.texts.locale import Help, Locale, error_help

from .buttons import KEPT, OPERATORS, add_in_glasses, agent_url, command, keep_anew, way_out
from .guide.forms import words
from .join.grade import prove
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
    field,
    fit,
    headed,
    helped,
    line,
    link,
    menu,
    modal,
    name,
    numbered,
    paragraph,
    quote,
    rich_text,
    text_section,
    with_name,
)
from .plan import Task, plan

MOST_AGENTS = 100  # options of a select
OPTION = 75
Reason = Literal["not_member", "not_proven", "no_agents", "no_credential", "under_way", "failed"]


def looking(locale: Locale) -> dict[str, Any]:
    """Shown while the agents are looked up."""
    blocks = [paragraph(locale, line(locale._("⏳ Looking up your agents in ShargeAI…")))]
    return modal(locale._("Publish an agent"), locale._("Close"), blocks, "publish.looking")


def pick(agents: Sequence[tuple[str, str]], locale: Locale) -> dict[str, Any]:
    """Which agent? `agents` are (id, name), at least one."""
    options = [Option(text=cut(name(called), OPTION), value=agent_id) for agent_id, called in agents[:MOST_AGENTS]]
    select = StaticSelectElement(
        action_id="value",
        placeholder=locale._("Pick an agent"),
        options=options,
        initial_option=options[0] if len(options) == 1 else None,
    )
    hint = locale._("Your agents in the ShargeAI space.")
    blocks: list[Block] = [field("publish.agent", locale._("Agent"), select, hint)]
    if len(agents) > MOST_AGENTS:
        text = locale._("The first {count} are listed. Others: `/sharge publish` with the name", count=MOST_AGENTS)
        blocks.append(context(locale, line(text)))
    return modal(locale._("Publish an agent"), locale._("Cancel"), blocks, "publish.pick", locale._("Next"))


def read(fields: Fields) -> tuple[str, str]:
    """The picked agent's (id, name as shown)."""
    picked = fields["publish.agent"]
    return picked.text, picked.label


def confirm(publication: Publication, locale: Locale) -> dict[str, Any]:
    """Says what publishing will do, and waits for the yes."""
    what = locale._("Publish “{name}” to **[channel]**, updating the **API** channel too.")
    blocks = [
        paragraph(
            locale,
            line(what, name=name(publication.agent_name)),
            line(locale._("The live API version is replaced at once; [channel] waits for review.")),
        ),
        context(locale, line(locale._("Agent {id}"), id=Code(publication.agent_id))),
    ]
    title, submit, metadata = locale._("Confirm publishing"), locale._("Publish"), str(publication.id)
    return modal(title, locale._("Not now"), blocks, "publish.confirm", submit, metadata)


def rejected_form(publication: Publication, locale: Locale) -> dict[str, Any]:
    """What the reviewer wrote, as Coze's notice told the person."""
    what = locale._("“{name}” was not let through, as Coze's notice told you. I note it, and that you told me.")
    blocks = [
        paragraph(locale, line(what, name=name(publication.agent_name))),
        words(locale, locale._("What the reviewer wrote"), optional=True),
    ]
    title, submit = locale._("Rejected in review"), locale._("Note it")
    return modal(title, locale._("Cancel"), blocks, "publish.rejected", submit, str(publication.id))


def cannot(reason: Reason, locale: Locale, help_key: str = "E18", **values: object) -> dict[str, Any]:
    """Why nothing can be published now. For "failed": the key of the error help, and what fills it in."""
    blocks: list[Block] = [rich_text(*_why(reason, locale, help_key, values))]
    if reason == "not_proven":
        blocks.append(actions(prove(locale)))
    if help_key == KEPT:
        blocks.append(actions(keep_anew(error_help(KEPT, locale))))
    if values.get("log_id"):
        blocks.append(context(locale, line(locale._("log ID {id}"), id=Code(str(values["log_id"])))))
    return modal(locale._("Not possible yet"), locale._("Close"), blocks, "publish.cannot")


def _why(reason: Reason, locale: Locale, help_key: str, values: Mapping[str, object]) -> list[RichTextElement]:
    match reason:
        case "not_member":
            what = line(locale._("**Only members of the ShargeAI team can publish to [channel]**"))
            return [text_section(locale, what, line(locale._("Ask to join with `/sharge join`; an admin decides.")))]
        case "not_proven":
            what = line(locale._("**Please verify first that your Coze account is yours**"))
            why = line(locale._("I publish only what Coze says belongs to you. Then come back: `/sharge publish`"))
            return [text_section(locale, what, why)]
        case "no_agents":
            what = line(locale._("**No agent of yours is in the ShargeAI space**"))
            steps = [
                line(locale._("In Coze switch to the **ShargeAI** space (name at the top left)")),
                line(locale._("**⊕ → [create]** (Create agent), then come back: `/sharge publish`")),
            ]
            return [text_section(locale, what), numbered(locale, *steps)]
        case "no_credential":
            what = line(locale._("**I have no workspace credential, so please publish by hand**"))
            steps = [
                line(locale._("Open the agent in Coze, press **[publish]** (Publish)")),
                line(locale._("Tick **[channel]** and **API**, confirm")),
            ]
            shown = [text_section(locale, what), numbered(locale, *steps)]
            if values.get("keep"):
                keep = line(locale._("Or let me do it: have a token kept for this with `/sharge remind`"))
                shown.append(text_section(locale, keep))
            return shown
        case "under_way":
            what = line(locale._("**This agent is being published already**"))
            return [text_section(locale, what, line(locale._("Its card in our chat shows how far it is.")))]
        case "failed":
            help = error_help(help_key, locale, **values)
            return _explained(line(f"**{help.what}**"), help, locale)


def card(publication: Publication, locale: Locale, now: datetime) -> Card:
    """The publication in its present state."""
    match publication.state:
        case PublicationState.DRAFT:
            return _draft(publication, locale)
        case PublicationState.CONFIRMED | PublicationState.SUBMITTED:
            return _working(publication, locale, now)
        case PublicationState.REVIEWING | PublicationState.CLAIMED:
            return _reviewing(publication, locale)
        case PublicationState.ONLINE:
            return _online(publication, locale)
        case PublicationState.REJECTED:
            return _rejected(publication, locale)
        case PublicationState.FAILED:
            return _failed(publication, locale)
        case PublicationState.UNKNOWN:
            return _unknown(publication, locale)


def notice(publication: Publication, locale: Locale, kind: str | None = None) -> Card:
    """What rings when it is settled; `kind` is the state it was posted for. Once that has passed, one line stays."""
    called = publication.agent_name
    if kind is not None and kind != publication.state.value:
        text = locale._("“{name}”: there is newer news")
        return Card(with_name(text, called), [paragraph(locale, line(text, name=name(called)))])
    listed = locale._("🎉 “{name}” is online, Coze lists it. Put on the glasses and say: 「[find]{name}」.")
    told = locale._("🎉 “{name}” is online. Put on the glasses and say: 「[find]{name}」.")
    facts = {
        PublicationState.ONLINE: told if publication.evidence is Evidence.CONFIRMED else listed,
        PublicationState.REJECTED: locale._(
            "❌ “{name}” was rejected in review. The card of this publication says why."
        ),
        PublicationState.FAILED: locale._(
            "❌ “{name}” could not be published. The card of this publication says why."
        ),
        PublicationState.UNKNOWN: locale._("⚠️ Not sure whether “{name}” was published. Please take a look."),
    }
    text = facts.get(publication.state) or locale._("⏳ “{name}” is on its way")
    blocks: list[Block] = [paragraph(locale, line(text, name=name(called)))]
    if publication.state in facts:
        row = [_open_agent(publication, locale, primary=publication.state is not PublicationState.ONLINE)]
        if publication.state is PublicationState.ONLINE:
            row.insert(0, add_in_glasses(publication, locale))
        blocks.append(actions(*row))
    return Card(with_name(text, called), blocks)


def overtaken(publication: Publication, locale: Locale) -> Card:
    """What stays of an attempt once the next one has begun: its buttons would publish past that one."""
    text, called = locale._("“{name}”: sent again since, see the newer card"), publication.agent_name
    return Card(with_name(text, called), [paragraph(locale, line(text, name=name(called)))])


def _draft(publication: Publication, locale: Locale) -> Card:
    text = locale._("“{name}” · waiting for your yes")
    blocks = [
        headed(text, publication.agent_name),
        paragraph(locale, line(locale._("Nothing has been sent to Coze yet."))),
        actions(command("publish", locale, publication.agent_id, primary=True)),
    ]
    return Card(with_name(text, publication.agent_name), blocks)


def _working(publication: Publication, locale: Locale, now: datetime) -> Card:
    sent = publication.state is PublicationState.SUBMITTED
    tasks: list[Task] = [
        (locale._("Sent to Coze"), "complete" if sent else "in_progress"),
        (locale._("Coze works on it, usually under a minute"), "in_progress" if sent else "pending"),
        (locale._("Review for the glasses"), "pending"),
        (locale._("Online"), "pending"),
    ]
    title = fit(locale._("Publishing “{name}” · Coze is working"), publication.agent_name, 2 * HEADING)
    job = plan(title, tasks, f"publish.plan:{publication.id}:{publication.state.value}", now)
    print_ = [line(locale._("No need to wait, I will tell you"))]
    if publication.submitted_at:
        print_.append(line(locale._("sent {at}"), at=Moment(publication.submitted_at)))
    text = with_name(locale._("Publishing “{name}”, Coze is working"), publication.agent_name)
    return Card(text, [job, context(locale, *print_)])


def _reviewing(publication: Publication, locale: Locale) -> Card:
    title = locale._("“{name}” · in review")
    sent = locale._("✅ Sent · {at}")
    if publication.by_hand:
        sent = locale._("✅ Published by hand · you confirmed · {at}")
    steps = [
        line(sent, at=_sent_at(publication)),
        *_accepted(publication, locale),
        line(locale._("⏳ **[channel] · waiting for the verdict**")),
        line(locale._("◽ Online · later")),
    ]
    print_ = [line(locale._("I tell you once Coze lists it; if Coze says it was rejected, tell me under ⋯"))]
    if publication.checked_at:
        print_.append(line(locale._("last checked {at}"), at=Moment(publication.checked_at)))
    blocks = [
        headed(title, publication.agent_name),
        paragraph(locale, *steps),
        actions(
            _open_agent(publication, locale),
            button(locale._("Check again"), "publish.check", publication.id),
            menu("publish.more", (locale._("It was rejected…"), f"rejected:{publication.id}")),
        ),
        context(locale, *print_),
    ]
    return Card(with_name(locale._("“{name}” is in review"), publication.agent_name), blocks)


def _online(publication: Publication, locale: Locale) -> Card:
    known, when = locale._("✅ [channel]: listed by Coze · verified"), locale._("Seen in Coze's list {at}")
    if publication.evidence is Evidence.CONFIRMED:
        known, when = locale._("✅ [channel]: online · you confirmed"), locale._("Online since {at}")
    lines = [
        line(known),
        *_accepted(publication, locale),
        line(locale._("Put on the glasses and say: 「[find]{name}」."), name=name(publication.agent_name)),
    ]
    since = Moment(publication.settled_at or publication.created_at)
    blocks = [
        headed(locale._("“{name}” · online 🎉"), publication.agent_name),
        paragraph(locale, *lines),
        actions(add_in_glasses(publication, locale), _open_agent(publication, locale)),
        context(locale, line(when, at=since)),
    ]
    return Card(with_name(locale._("“{name}” is online"), publication.agent_name), blocks)


def _rejected(publication: Publication, locale: Locale) -> Card:
    stays = locale._("The API channel is not affected and keeps working.")
    if publication.by_hand:  # whether it is there nobody has looked
        stays = locale._("What is on the API channel stays as it is.")
    api = text_section(locale, line(stays))
    words = (
        [text_section(locale, line(locale._("The reviewer wrote:"))), quote(publication.reason, QUOTED), api]
        if publication.reason
        else [api]
    )
    blocks = [
        headed(locale._("“{name}” · rejected in review"), publication.agent_name),
        rich_text(*words),
        actions(_open_agent(publication, locale), _again(publication, locale, primary=True)),
        context(locale, line(locale._("The verdict as you told it · you confirmed")), *_settled(publication)),
    ]
    text = locale._("“{name}” was rejected in review; fix it and publish again")
    return Card(with_name(text, publication.agent_name), blocks)


def _failed(publication: Publication, locale: Locale) -> Card:
    help = error_help(publication.error or "", locale, reason=publication.reason)
    blocks = [
        headed(locale._("“{name}” · not published"), publication.agent_name),
        rich_text(*_explained(line(locale._("❌ **Fix** {what}"), what=help.what), help, locale)),
        actions(*_way_on(help, publication, locale)),
        context(
            locale, line(locale._("Nothing was published")), *_log_id(publication, locale), *_settled(publication)
        ),
    ]
    return Card(with_name(locale._("“{name}” could not be published"), publication.agent_name), blocks)


def _explained(what: Line, help: Help, locale: Locale) -> list[RichTextElement]:
    """What happened, why and what to do; of the bot's own credential only whom to tell."""
    if help.key in OPERATORS:
        return [
            text_section(locale, what, line(locale._("It is about the bot's own credential: please tell an admin.")))
        ]
    return [text_section(locale, what, helped(help.why, help)), advice(help, locale)]


def _way_on(help: Help, publication: Publication, locale: Locale) -> list[ButtonElement]:
    if help.key in OPERATORS:
        return [_again(publication, locale)]
    return way_out(help, locale, "publish", publication.agent_id, publication)


def _unknown(publication: Publication, locale: Locale) -> Card:
    history = locale._("I stopped here so that nothing is published twice.")
    look = locale._("Please look in the agent's **[publish]** (Publish) history, and tell me what you find.")
    unheard = locale._("Coze did not answer when I sent it, and the version list does not tell.")
    unsettled = locale._("Coze has it, but no verdict has come in 7 days.")
    why = [line(unsettled if publication.version else unheard), line(history)]
    if publication.by_hand:
        why = [line(locale._("You published it by hand; in 7 days Coze has not listed it."))]
    if publication.error:  # nothing to look with
        help = error_help(publication.error, locale)
        why = [line(help.what), helped(help.why, help)]
    sent = "{at}" if publication.by_hand else locale._("Sent {at}")
    blocks = [
        headed(locale._("“{name}” · result unknown"), publication.agent_name),
        paragraph(locale, *why, line(look)),
        actions(*_settling(publication, locale)),
        context(locale, line(sent, at=_sent_at(publication)), *_log_id(publication, locale)),
    ]
    text = locale._("Not sure whether “{name}” was published, please take a look")
    return Card(with_name(text, publication.agent_name), blocks)


def _settling(publication: Publication, locale: Locale) -> list[InteractiveElement]:
    """Look, then say what was found. What never reached Coze was hardly rejected there: it is sent again."""
    online = button(locale._("It is online"), "publish.settle_done", publication.id)
    first: ButtonElement = _open_agent(publication, locale, primary=True)
    if publication.error == KEPT:
        first = keep_anew(error_help(KEPT, locale))
    check = (locale._("Check again"), f"check:{publication.id}")
    rejected = locale._("It was rejected…")
    if publication.version or publication.by_hand:
        ended = button(rejected, "publish.rejected", publication.id)
        rare = (locale._("Publish again…"), f"again:{publication.id}")
    else:
        ended = _again(publication, locale)
        rare = (rejected, f"rejected:{publication.id}")
    return [first, online, ended, menu("publish.more", check, rare)]


def _accepted(publication: Publication, locale: Locale) -> list[Line]:
    if not publication.version:
        return []
    return [line(locale._("✅ Coze took version {version} · verified"), version=cut(publication.version, NAME))]


def _open_agent(publication: Publication, locale: Locale, *, primary: bool = False) -> ButtonElement:
    return link(locale._("Open agent"), "agent", agent_url(publication), primary=primary)


def _again(publication: Publication, locale: Locale, *, primary: bool = False) -> ButtonElement:
    return button(locale._("Publish again…"), "command.publish", publication.agent_id, primary=primary)


def _sent_at(publication: Publication) -> Moment:
    return Moment(publication.submitted_at or publication.created_at)


def _settled(publication: Publication) -> list[Line]:
    return [line("{at}", at=Moment(publication.settled_at))] if publication.settled_at else []


def _log_id(publication: Publication, locale: Locale) -> list[Line]:
    return [line(locale._("log ID {id}"), id=Code(publication.log_id))] if publication.log_id else []
