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
from bot.core.publish import Publication, State
from bot.slack.fields import Fields
from bot.texts import Help, Reader, error_help

from .buttons import OPERATORS, add_in_glasses, agent_url, command, way_out
from .guide.forms import words
from .parts import (
    QUOTED,
    Card,
    Code,
    Line,
    Moment,
    actions,
    advice,
    button,
    context,
    field,
    headed,
    helped,
    line,
    link,
    menu,
    modal,
    numbered,
    paragraph,
    quote,
    rich_text,
    text_section,
)
from .plan import Task, plan
from .strings import HEADING, NAME, cut, fit, name, with_name

MOST_AGENTS = 100  # options of a select
OPTION = 75
Reason = Literal["not_member", "no_agents", "no_credential", "under_way", "failed"]


def looking(reader: Reader) -> dict[str, Any]:
    """Shown while the agents are looked up."""
    blocks = [paragraph(reader, line(reader.t("⏳ Looking up your agents in ShargeAI…")))]
    return modal(reader.t("Publish an agent"), reader.t("Close"), blocks, "publish.looking")


def pick(agents: Sequence[tuple[str, str]], reader: Reader) -> dict[str, Any]:
    """Which agent? `agents` are (id, name), at least one."""
    options = [Option(text=cut(name(called), OPTION), value=agent_id) for agent_id, called in agents[:MOST_AGENTS]]
    select = StaticSelectElement(
        action_id="value",
        placeholder=reader.t("Pick an agent"),
        options=options,
        initial_option=options[0] if len(options) == 1 else None,
    )
    hint = reader.t("Your agents in the ShargeAI space.")
    blocks: list[Block] = [field("publish.agent", reader.t("Agent"), select, hint)]
    if len(agents) > MOST_AGENTS:
        text = reader.t("The first {count} are listed. Others: `/sharge publish` with the name", count=MOST_AGENTS)
        blocks.append(context(reader, line(text)))
    return modal(reader.t("Publish an agent"), reader.t("Cancel"), blocks, "publish.pick", reader.t("Next"))


def read(fields: Fields) -> tuple[str, str]:
    """The picked agent's (id, name as shown)."""
    picked = fields["publish.agent"]
    return picked.text, picked.label


def confirm(publication: Publication, reader: Reader) -> dict[str, Any]:
    """Says what publishing will do, and waits for the yes."""
    what = reader.t("Publish “{name}” to **[channel]**, updating the **API** channel too.")
    blocks = [
        paragraph(
            reader,
            line(what, name=name(publication.agent_name)),
            line(reader.t("The live API version is replaced at once; [channel] waits for review.")),
        ),
        context(reader, line(reader.t("Agent {id}"), id=Code(publication.agent_id))),
    ]
    title, submit, metadata = reader.t("Confirm publishing"), reader.t("Publish"), str(publication.id)
    return modal(title, reader.t("Not now"), blocks, "publish.confirm", submit, metadata)


def rejected_form(publication: Publication, reader: Reader) -> dict[str, Any]:
    """What the reviewer wrote, as Coze's notice told the person."""
    what = reader.t("“{name}” was not let through, as Coze's notice told you. I note it, and that you told me.")
    blocks = [
        paragraph(reader, line(what, name=name(publication.agent_name))),
        words(reader, reader.t("What the reviewer wrote"), optional=True),
    ]
    title, submit = reader.t("Rejected in review"), reader.t("Note it")
    return modal(title, reader.t("Cancel"), blocks, "publish.rejected", submit, str(publication.id))


def cannot(reason: Reason, reader: Reader, help_key: str = "E18", **values: object) -> dict[str, Any]:
    """Why nothing can be published now. For "failed": the key of the error help, and what fills it in."""
    blocks: list[Block] = [rich_text(*_why(reason, reader, help_key, values))]
    if values.get("log_id"):
        blocks.append(context(reader, line(reader.t("log ID {id}"), id=Code(str(values["log_id"])))))
    return modal(reader.t("Not possible yet"), reader.t("Close"), blocks, "publish.cannot")


def _why(reason: Reason, reader: Reader, help_key: str, values: Mapping[str, object]) -> list[RichTextElement]:
    match reason:
        case "not_member":
            what = line(reader.t("**Only members of the ShargeAI team can publish to [channel]**"))
            return [text_section(reader, what, line(reader.t("Ask to join with `/sharge join`; an admin decides.")))]
        case "no_agents":
            what = line(reader.t("**No agent of yours is in the ShargeAI space**"))
            steps = [
                line(reader.t("In Coze switch to the **ShargeAI** space (name at the top left)")),
                line(reader.t("**⊕ → [create]** (Create agent), then come back: `/sharge publish`")),
            ]
            return [text_section(reader, what), numbered(reader, *steps)]
        case "no_credential":
            what = line(reader.t("**I have no workspace credential, so please publish by hand**"))
            steps = [
                line(reader.t("Open the agent in Coze, press **[publish]** (Publish)")),
                line(reader.t("Tick **[channel]** and **API**, confirm")),
            ]
            shown = [text_section(reader, what), numbered(reader, *steps)]
            if values.get("keep"):
                keep = line(reader.t("Or let me do it: have a token kept for this with `/sharge remind`"))
                shown.append(text_section(reader, keep))
            return shown
        case "under_way":
            what = line(reader.t("**This agent is being published already**"))
            return [text_section(reader, what, line(reader.t("Its card in our chat shows how far it is.")))]
        case "failed":
            help = error_help(help_key, reader, **values)
            return _explained(line(f"**{help.what}**"), help, reader)


def card(publication: Publication, reader: Reader, now: datetime) -> Card:
    """The publication in its present state."""
    match publication.state:
        case State.DRAFT:
            return _draft(publication, reader)
        case State.CONFIRMED | State.SUBMITTED:
            return _working(publication, reader, now)
        case State.REVIEWING | State.CLAIMED:
            return _reviewing(publication, reader)
        case State.ONLINE:
            return _online(publication, reader)
        case State.REJECTED:
            return _rejected(publication, reader)
        case State.FAILED:
            return _failed(publication, reader)
        case State.UNKNOWN:
            return _unknown(publication, reader)


def notice(publication: Publication, reader: Reader, kind: str | None = None) -> Card:
    """What rings when it is settled; `kind` is the state it was posted for. Once that has passed, one line stays."""
    called = publication.agent_name
    if kind is not None and kind != publication.state.value:
        text = reader.t("“{name}”: there is newer news")
        return Card(with_name(text, called), [paragraph(reader, line(text, name=name(called)))])
    facts = {
        State.ONLINE: reader.t("🎉 “{name}” is online. Put on the glasses and say: 「[find]{name}」."),
        State.REJECTED: reader.t("❌ “{name}” was rejected in review. The card of this publication says why."),
        State.FAILED: reader.t("❌ “{name}” could not be published. The card of this publication says why."),
        State.UNKNOWN: reader.t("⚠️ Not sure whether “{name}” was published. Please take a look."),
    }
    text = facts.get(publication.state) or reader.t("⏳ “{name}” is on its way")
    blocks: list[Block] = [paragraph(reader, line(text, name=name(called)))]
    if publication.state in facts:
        row = [_open_agent(publication, reader, primary=publication.state is not State.ONLINE)]
        if publication.state is State.ONLINE:
            row.insert(0, add_in_glasses(publication, reader))
        blocks.append(actions(*row))
    return Card(with_name(text, called), blocks)


def overtaken(publication: Publication, reader: Reader) -> Card:
    """What stays of an attempt once the next one has begun: its buttons would publish past that one."""
    text, called = reader.t("“{name}”: sent again since, see the newer card"), publication.agent_name
    return Card(with_name(text, called), [paragraph(reader, line(text, name=name(called)))])


def _draft(publication: Publication, reader: Reader) -> Card:
    text = reader.t("“{name}” · waiting for your yes")
    blocks = [
        headed(text, publication.agent_name),
        paragraph(reader, line(reader.t("Nothing has been sent to Coze yet."))),
        actions(command("publish", reader, publication.agent_id, primary=True)),
    ]
    return Card(with_name(text, publication.agent_name), blocks)


def _working(publication: Publication, reader: Reader, now: datetime) -> Card:
    sent = publication.state is State.SUBMITTED
    tasks: list[Task] = [
        (reader.t("Sent to Coze"), "complete" if sent else "in_progress"),
        (reader.t("Coze works on it, usually under a minute"), "in_progress" if sent else "pending"),
        (reader.t("Review for the glasses"), "pending"),
        (reader.t("Online"), "pending"),
    ]
    title = fit(reader.t("Publishing “{name}” · Coze is working"), publication.agent_name, 2 * HEADING)
    job = plan(title, tasks, f"publish.plan:{publication.id}:{publication.state.value}", now)
    print_ = [line(reader.t("No need to wait, I will tell you"))]
    if publication.submitted_at:
        print_.append(line(reader.t("sent {at}"), at=Moment(publication.submitted_at)))
    text = with_name(reader.t("Publishing “{name}”, Coze is working"), publication.agent_name)
    return Card(text, [job, context(reader, *print_)])


def _reviewing(publication: Publication, reader: Reader) -> Card:
    title = reader.t("“{name}” · in review")
    sent = reader.t("✅ Sent · {at}")
    if publication.by_hand:
        sent = reader.t("✅ Published by hand · you confirmed · {at}")
    steps = [
        line(sent, at=_sent_at(publication)),
        *_accepted(publication, reader),
        line(reader.t("⏳ **[channel] · waiting for the verdict**")),
        line(reader.t("◽ Online · later")),
    ]
    print_ = [line(reader.t("I tell you once it is online; if Coze says it was rejected, tell me under ⋯"))]
    if publication.checked_at:
        print_.append(line(reader.t("last checked {at}"), at=Moment(publication.checked_at)))
    blocks = [
        headed(title, publication.agent_name),
        paragraph(reader, *steps),
        actions(
            _open_agent(publication, reader),
            button(reader.t("Check again"), "publish.check", publication.id),
            menu("publish.more", (reader.t("It was rejected…"), f"rejected:{publication.id}")),
        ),
        context(reader, *print_),
    ]
    return Card(with_name(reader.t("“{name}” is in review"), publication.agent_name), blocks)


def _online(publication: Publication, reader: Reader) -> Card:
    told_us = publication.evidence is Evidence.CONFIRMED
    lines = [
        line(
            reader.t("✅ [channel]: online · you confirmed")
            if told_us
            else reader.t("✅ [channel]: review passed · verified")
        ),
        *_accepted(publication, reader),
        line(reader.t("Put on the glasses and say: 「[find]{name}」."), name=name(publication.agent_name)),
    ]
    since = Moment(publication.settled_at or publication.created_at)
    blocks = [
        headed(reader.t("“{name}” · online 🎉"), publication.agent_name),
        paragraph(reader, *lines),
        actions(add_in_glasses(publication, reader), _open_agent(publication, reader)),
        context(reader, line(reader.t("Online since {at}"), at=since)),
    ]
    return Card(with_name(reader.t("“{name}” is online"), publication.agent_name), blocks)


def _rejected(publication: Publication, reader: Reader) -> Card:
    stays = reader.t("The API channel is not affected and keeps working.")
    if publication.by_hand:  # whether it is there nobody has looked
        stays = reader.t("What is on the API channel stays as it is.")
    api = text_section(reader, line(stays))
    words = (
        [text_section(reader, line(reader.t("The reviewer wrote:"))), quote(publication.reason, QUOTED), api]
        if publication.reason
        else [api]
    )
    blocks = [
        headed(reader.t("“{name}” · rejected in review"), publication.agent_name),
        rich_text(*words),
        actions(_open_agent(publication, reader), _again(publication, reader, primary=True)),
        context(reader, line(reader.t("The verdict as you told it · you confirmed")), *_settled(publication)),
    ]
    text = reader.t("“{name}” was rejected in review; fix it and publish again")
    return Card(with_name(text, publication.agent_name), blocks)


def _failed(publication: Publication, reader: Reader) -> Card:
    help = error_help(publication.error or "", reader, reason=publication.reason)
    blocks = [
        headed(reader.t("“{name}” · not published"), publication.agent_name),
        rich_text(*_explained(line(reader.t("❌ **Fix** {what}"), what=help.what), help, reader)),
        actions(*_way_on(help, publication, reader)),
        context(
            reader, line(reader.t("Nothing was published")), *_log_id(publication, reader), *_settled(publication)
        ),
    ]
    return Card(with_name(reader.t("“{name}” could not be published"), publication.agent_name), blocks)


def _explained(what: Line, help: Help, reader: Reader) -> list[RichTextElement]:
    """What happened, why and what to do; of the bot's own credential only whom to tell."""
    if help.key in OPERATORS:
        return [
            text_section(reader, what, line(reader.t("It is about the bot's own credential: please tell an admin.")))
        ]
    return [text_section(reader, what, helped(help.why, help)), advice(help, reader)]


def _way_on(help: Help, publication: Publication, reader: Reader) -> list[ButtonElement]:
    if help.key in OPERATORS:
        return [_again(publication, reader)]
    return way_out(help, reader, "publish", publication.agent_id, publication)


def _unknown(publication: Publication, reader: Reader) -> Card:
    history = reader.t("I stopped here so that nothing is published twice.")
    look = reader.t("Please look in the agent's **[publish]** (Publish) history, and tell me what you find.")
    unheard = reader.t("Coze did not answer when I sent it, and the version list does not tell.")
    unsettled = reader.t("Coze has it, but no verdict has come in 7 days.")
    why = [line(unsettled if publication.version else unheard), line(history)]
    if publication.by_hand:
        why = [line(reader.t("You published it by hand; in 7 days Coze has not listed it."))]
    sent = "{at}" if publication.by_hand else reader.t("Sent {at}")
    blocks = [
        headed(reader.t("“{name}” · result unknown"), publication.agent_name),
        paragraph(reader, *why, line(look)),
        actions(*_settling(publication, reader)),
        context(reader, line(sent, at=_sent_at(publication)), *_log_id(publication, reader)),
    ]
    text = reader.t("Not sure whether “{name}” was published, please take a look")
    return Card(with_name(text, publication.agent_name), blocks)


def _settling(publication: Publication, reader: Reader) -> list[InteractiveElement]:
    """Look, then say what was found. What never reached Coze was hardly rejected there: it is sent again."""
    online = button(reader.t("It is online"), "publish.settle_done", publication.id)
    check = (reader.t("Check again"), f"check:{publication.id}")
    rejected = reader.t("It was rejected…")
    if publication.version or publication.by_hand:
        ended = button(rejected, "publish.rejected", publication.id)
        rare = (reader.t("Publish again…"), f"again:{publication.id}")
    else:
        ended = _again(publication, reader)
        rare = (rejected, f"rejected:{publication.id}")
    return [_open_agent(publication, reader, primary=True), online, ended, menu("publish.more", check, rare)]


def _accepted(publication: Publication, reader: Reader) -> list[Line]:
    if not publication.version:
        return []
    return [line(reader.t("✅ Coze took version {version} · verified"), version=cut(publication.version, NAME))]


def _open_agent(publication: Publication, reader: Reader, primary: bool = False) -> ButtonElement:
    return link(reader.t("Open agent"), "agent", agent_url(publication), primary)


def _again(publication: Publication, reader: Reader, primary: bool = False) -> ButtonElement:
    return button(reader.t("Publish again…"), "command.publish", publication.agent_id, primary)


def _sent_at(publication: Publication) -> Moment:
    return Moment(publication.submitted_at or publication.created_at)


def _settled(publication: Publication) -> list[Line]:
    return [line("{at}", at=Moment(publication.settled_at))] if publication.settled_at else []


def _log_id(publication: Publication, reader: Reader) -> list[Line]:
    return [line(reader.t("log ID {id}"), id=Code(publication.log_id))] if publication.log_id else []
