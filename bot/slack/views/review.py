"""A version to review as admins see it: one card from Coze's question to the verdict; and what its author is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    DividerBlock,
    InteractiveElement,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    RichTextElement,
    RichTextElementParts,
    RichTextListElement,
    RichTextSectionElement,
)

from bot.core.review import DECIDED, UNDECIDED, Review, ReviewState
from bot.store.audit import AuditEntry
from bot.texts.locale import Locale, error_help
from bot.texts.review import AGENT, review_texts

from .buttons import OPERATORS, agent_page
from .join.shared import waited
from .parts import (
    HEADING,
    NAME,
    QUOTED,
    Card,
    Code,
    Line,
    Link,
    Mention,
    Moment,
    Piece,
    actions,
    button,
    confirm,
    context,
    cut,
    fallback_text,
    fit,
    header,
    helped,
    line,
    name,
    paragraph,
    quote,
    rich_text,
    section,
    text_section,
    width,
    with_name,
)

AT_HOME = 3  # reviews that stand on the Home of admins
LATEST = 2  # earlier verdicts that are told on the card
ROOM = 20.0  # letters on a button
SHORT = 8  # letters of a version that has room in a heading


@dataclass(frozen=True)
class Desk:
    """What is known beside the review. `author` is their name here or on Coze, `earlier` the agent's other reviews,
    the newest first; `agreed` is until when a verdict is owed (UTC), `remind` after how many working hours admins are
    reminded; `workspace_id` is Coze's, empty where it is not known.
    """

    author: str
    earlier: Sequence[Review]
    agreed: datetime
    now: datetime
    remind: float
    workspace_id: str = ""


def card(review: Review, locale: Locale, desk: Desk) -> Card:
    """The review in its present state, for admins."""
    if review.state in UNDECIDED:
        return _waiting(review, locale, desk)
    return _decided(review, locale, desk) if review.state in DECIDED else _ended(review, locale)


def _waiting(review: Review, locale: Locale, desk: Desk) -> Card:
    asked = review.state is ReviewState.ASKED
    state = locale._("💬 Waiting for the author's answer") if asked else locale._("⏳ Waiting for a verdict")
    print_ = [
        line(state),
        *_author(review, locale, desk),
        line(locale._("sent {at}"), at=Moment(review.published_at)),
    ]
    print_ += [] if _is_short(review) else [_version(review, locale)]
    if desk.earlier:
        print_.append(line(locale._("submission {number}", number=len(desk.earlier) + 1)))
    words: list[RichTextElement] = [quote(_about(review, locale), QUOTED)] if _about(review, locale) else []
    words += [text_section(locale, each) for each in _verdicts(review, locale, desk)]
    words += [*_question(review, locale), *_overdue(review, locale, desk), _checks(review, locale, desk)]
    blocks: list[Block] = [
        header(_title(review, locale, desk)),
        context(locale, *print_),
        rich_text(*words),
        _row(review, locale, desk),
        context(locale, *_evidence(review, locale, desk)),
    ]
    text = line(locale._("Review “{name}” by {who}"), name=name(review.agent_name), who=name(desk.author))
    return Card(fallback_text(locale, text), blocks)


def _title(review: Review, locale: Locale, desk: Desk) -> str:
    """Which agent, which version where it is short, whose."""
    version = f" {review.version}" if _is_short(review) else ""
    who = cut(name(desk.author), NAME // 2)
    return fit(locale._("Review “{name}”{version}: {who}"), review.agent_name, HEADING, version=version, who=who)


def _is_short(review: Review) -> bool:
    return width(review.version) <= SHORT


def _version(review: Review, locale: Locale) -> Line:
    return line(locale._("version {version}"), version=review.version)


def _author(review: Review, locale: Locale, desk: Desk) -> list[Line]:
    if review.user_id:
        return [line("{who}", who=Mention(review.user_id))]
    return [line(locale._("{who} on Coze, unknown here"), who=name(desk.author))]


def _about(review: Review, locale: Locale) -> str:
    """What the agent is, and what its author wrote about this version."""
    if not review.note:
        return review.description
    return locale._("{description} This time: {note}", description=review.description, note=review.note).strip()


def _verdicts(review: Review, locale: Locale, desk: Desk) -> list[Line]:
    """How the versions before went."""
    found = [each for each in desk.earlier if each.state in DECIDED and each.published_at <= review.published_at]
    return [_verdict(each, locale) for each in found[:LATEST]]


def _verdict(review: Review, locale: Locale) -> Line:
    by = _decider(review, locale)
    version = cut(review.version, NAME)
    if review.state is ReviewState.APPROVED:
        return line(locale._("Before: {version}, approved by {by}"), version=version, by=by)
    template = locale._("Before: {version}, rejected by {by}: {reason}")
    return line(template, version=version, by=by, reason=cut(review.reason or "", 80))


def _decider(review: Review, locale: Locale) -> Piece:
    return Mention(review.decided_by) if review.decided_by else locale._("the operator's rule")


def _question(review: Review, locale: Locale) -> list[RichTextElement]:
    """What the author was asked, and what they said."""
    if not review.question:
        return []
    by = Mention(review.asked_by) if review.asked_by else locale._("An admin")
    asked = text_section(locale, line(locale._("{by} asked: {question}"), by=by, question=review.question))
    if not review.answer or not review.user_id:
        return [asked]
    answered = line(locale._("{who} answered:"), who=Mention(review.user_id))
    return [asked, text_section(locale, answered), quote(review.answer)]


def _overdue(review: Review, locale: Locale, desk: Desk) -> list[RichTextElement]:
    if review.state is ReviewState.ASKED or desk.now <= desk.agreed:
        return []
    late = locale._("⏰ **Overdue** Waiting {time}; an answer was due {agreed}")
    time = waited(review.waiting_since, desk.now, locale)
    return [text_section(locale, line(late, time=time, agreed=Moment(desk.agreed)))]


def _checks(review: Review, locale: Locale, desk: Desk) -> RichTextListElement:
    """What to look at, as the data file has it."""
    texts, sections = review_texts(), []
    for check in texts.checks:
        before, agent, after = check[locale.language].partition(AGENT)
        label = texts.link[locale.language]
        parts: list[RichTextElement] = [RichTextElementParts.Text(text=before)] if before else []
        if agent and (url := _url(review, desk)):
            parts.append(RichTextElementParts.Link(url=url, text=label))
        elif agent:
            parts.append(RichTextElementParts.Text(text=label))
        parts += [RichTextElementParts.Text(text=after)] if after else []
        sections.append(RichTextSectionElement(elements=parts))
    return RichTextListElement(style="bullet", elements=sections)


def _url(review: Review, desk: Desk) -> str:
    """The agent's page on Coze; "" where its workspace is not known."""
    return agent_page(desk.workspace_id, review.agent_id) if desk.workspace_id else ""


def _row(review: Review, locale: Locale, desk: Desk) -> ActionsBlock:
    called = fit(locale._("Approve “{name}”?"), review.agent_name, HEADING)
    what = locale._("It goes live in [channel] at once; everyone with glasses can find it.")
    sure = confirm(called, what, locale._("Approve"), locale._("Not now"))
    row: list[InteractiveElement] = [
        button(locale._("Approve"), "review.approve", review.id, primary=True, confirm=sure),
        button(locale._("Reject…"), "review.reject", review.id),
    ]
    if review.user_id:
        ask = fit(locale._("Ask {who}…").replace("{who}", "{name}"), desk.author, ROOM)
        row.append(button(ask, "review.ask", review.id))
    return actions(*row, _menu(review, locale, desk))


def _menu(review: Review, locale: Locale, desk: Desk) -> OverflowMenuElement:
    def option(text: str, verb: str, url: str | None = None) -> Option:
        return Option(text=PlainTextObject(text=text, emoji=True), value=f"{verb}:{review.id}", url=url)

    url = _url(review, desk)
    opens = [option(locale._("Open agent"), "open", url)] if url else []
    rest = [option(locale._("Release history"), "history"), option(locale._("Reassign…"), "assign")]
    return OverflowMenuElement(action_id="review.more", options=[*opens, *rest])


def _evidence(review: Review, locale: Locale, desk: Desk) -> list[Line]:
    told = [line(locale._("Coze's signature verified, answered “in review”"))]
    if review.assignee:
        told.append(line(locale._("assigned to {who}"), who=Mention(review.assignee)))
    elif review.state is ReviewState.WAITING and desk.now <= desk.agreed:
        hours = f"{desk.remind:g}"
        told.append(line(locale._("reminder after {hours} working hours"), hours=hours))
    return told


def _decided(review: Review, locale: Locale, desk: Desk) -> Card:
    """One line, and whether Coze has the verdict."""
    author: Piece = Mention(review.user_id) if review.user_id else name(desk.author)
    passed = review.state is ReviewState.APPROVED
    if passed:
        text = locale._("✅ “{name}” {version} approved: {who}")
        text = locale._("✅ “{name}” {version} approved and live: {who}") if review.told_at else text
    else:
        text = locale._("❌ “{name}” {version} rejected: {who}")
    pieces: dict[str, Piece] = {"name": name(review.agent_name), "version": cut(review.version, NAME), "who": author}
    words: list[RichTextElement] = [text_section(locale, Line(text, pieces))]
    words += [quote(review.reason)] if review.reason else []
    words += _untaken(review, locale)
    blocks: list[Block] = [rich_text(*words)]
    if review.error:
        blocks.append(actions(button(locale._("Send again"), "review.send_again", review.id, primary=True)))
    blocks.append(context(locale, *_small(review, locale, desk)))
    short = locale._("✅ “{name}” approved") if passed else locale._("❌ “{name}” rejected")
    return Card(_called(review, short), blocks)


def _untaken(review: Review, locale: Locale) -> list[RichTextElement]:
    """Why Coze has not taken it, and what to do."""
    if not review.error:
        return []
    help = error_help(review.error, locale)
    lines = [line(locale._("⚠️ Coze didn't take the verdict: {what}"), what=help.what)]
    if help.key in OPERATORS:
        text = locale._("It is about the channel's own app: please tell whoever runs the bot.")
        lines.append(line(text))
    else:
        lines.append(helped(help.why, help))
    return [text_section(locale, *lines)]


def _small(review: Review, locale: Locale, desk: Desk) -> list[Line]:
    print_ = [line("{by}", by=_decider(review, locale)), line("{at}", at=Moment(_when(review)))]
    if review.decided_by is None:
        print_.append(line(locale._("plugins, workflows and model are those of the last approval")))
    if review.told_at and review.user_id:
        told = locale._("verdict sent to Coze (verified), {who} gets it too", who=name(desk.author))
        print_.append(line("{told}", told=told))
    elif review.told_at:
        print_.append(line(locale._("verdict sent to Coze (verified)")))
    elif not review.error:
        print_.append(line(locale._("⏳ the verdict is on its way to Coze")))
    if review.log_id and review.error:
        print_.append(line(locale._("log ID {id}"), id=Code(review.log_id)))
    return print_


def _when(review: Review) -> datetime:
    return review.decided_at or review.received_at


def _ended(review: Review, locale: Locale) -> Card:
    """It came to its end without a verdict that counts."""
    text = {
        ReviewState.SUPERSEDED: locale._("↪️ “{name}” {version}: published again since, see the newer card"),
        ReviewState.UNPUBLISHED: locale._("➖ “{name}” {version}: taken off the channel, nothing to decide"),
    }.get(review.state, locale._("➖ “{name}” {version}: the agent was deleted on Coze, nothing to decide"))
    fact = line(text, name=name(review.agent_name), version=cut(review.version, NAME))
    return Card(fallback_text(locale, fact), [paragraph(locale, fact)])


def at_home(waiting: Sequence[Review], locale: Locale, now: datetime, agreed: Sequence[datetime]) -> list[Block]:
    """What waits for a verdict, on the Home of admins: a row each with the way to decide; nothing where none does.

    `agreed` is until when each is owed one (UTC).
    """
    if not waiting:
        return []
    blocks: list[Block] = [header(locale._("Versions to review"))]
    for each, until in zip(waiting[:AT_HOME], agreed, strict=False):
        time = waited(each.waiting_since, now, locale)
        late = locale._("⏰ Waiting {time}, past the agreed time")
        since = line(late if now > until else locale._("Waiting {time}"), time=time)
        author: Piece = Mention(each.user_id) if each.user_id else name(each.author_name or each.author_uid)
        called = cut(name(each.agent_name), NAME)
        aloud = locale._("Review “{name}”", name=called)
        show = button(locale._("Review it"), "review.show", each.id, aloud=aloud)
        blocks.append(section(locale, show, line(locale._("“{name}” of {who}"), name=called, who=author), since))
    if len(waiting) > AT_HOME:
        blocks.append(context(locale, line(locale._("more are waiting in the review channel"))))
    return [*blocks, DividerBlock()]


def waiting_notice(review: Review, locale: Locale, kind: str, desk: Desk, place: str) -> Card:
    """Rings when nobody has decided for long; one line once there is nothing to decide, or it waits anew. The card
    has the buttons, and stands at `place`.
    """
    stage, _, since = kind.partition("-")
    if review.state is not ReviewState.WAITING or since != str(int(review.waiting_since.timestamp())):
        fact = line(locale._("“{name}”: there's an update"), name=name(review.agent_name))
        return Card(fallback_text(locale, fact), [paragraph(locale, fact)])
    time = waited(review.waiting_since, desk.now, locale)
    lines = [
        line(locale._("⏰ “{name}” has been waiting {time} for a verdict"), name=name(review.agent_name), time=time)
    ]
    if desk.now > desk.agreed:
        lines.append(line(locale._("An answer was due {agreed}."), agreed=Moment(desk.agreed)))
    if stage == "backup":
        lines.append(line(locale._("Nobody has decided, so the backup admins have it too.")))
    if stage == "alone":
        lines.append(line(locale._("Nobody has decided, and there is nobody else whom I could ask.")))
    there = line("{card}", card=Link(locale._("Review it"), place))
    return Card(fallback_text(locale, lines[0]), [paragraph(locale, *lines), context(locale, there)])


def question_card(review: Review, locale: Locale, kind: str) -> Card:
    """What an admin wants to know of the author; one line once it is answered or decided."""
    by = Mention(review.asked_by) if review.asked_by else locale._("An admin")
    is_this = review.asked_at is not None and kind == f"q{review.asked_at:%y%m%d%H%M%S}"
    if review.state is not ReviewState.ASKED or not is_this:
        fact = line(locale._("💬 {by} asked about “{name}”"), by=by, name=name(review.agent_name))
        return Card(fallback_text(locale, fact), [paragraph(locale, fact)])
    lines = line(locale._("💬 {by} asks about “{name}” {version}:"), by=by, **_named(review))
    blocks: list[Block] = [
        rich_text(text_section(locale, lines), quote(review.question or "")),
        actions(button(locale._("Reply…"), "review.answer", review.id, primary=True)),
        context(locale, line(locale._("The review goes on as soon as you reply."))),
    ]
    return Card(fallback_text(locale, lines), blocks)


def _named(review: Review) -> dict[str, Piece]:
    return {"name": name(review.agent_name), "version": cut(review.version, NAME)}


def decided_notice(review: Review, locale: Locale) -> Card:
    """The verdict, for an author whose publication we do not follow."""
    if review.state is ReviewState.APPROVED:
        fact = line(locale._("🎉 “{name}” {version} was approved and is live in [channel]."), **_named(review))
        return Card(fallback_text(locale, fact), [paragraph(locale, fact)])
    by = _decider(review, locale)
    fact = line(locale._("❌ “{name}” {version} wasn't approved. {by} wrote:"), by=by, **_named(review))
    return Card(fallback_text(locale, fact), [rich_text(text_section(locale, fact), quote(review.reason or ""))])


def thread_line(deed: AuditEntry, locale: Locale) -> Card:
    """A question or an answer, below the card."""
    who: Piece = Mention(deed.actor) if deed.actor else locale._("An admin")
    text = locale._("💬 {who} asked") if deed.action == "review.ask" else locale._("💬 {who} answered")
    told = line(f"{text} · {{at}}", who=who, at=Moment(deed.at))
    words = quote(str(deed.detail.get("words") or ""))
    return Card(fallback_text(locale, told), [rich_text(text_section(locale, told), words)])


def _called(review: Review, template: str) -> str:
    return with_name(template, review.agent_name)
