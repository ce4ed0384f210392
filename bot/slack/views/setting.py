"""Settings that admins change while the bot runs: what holds and where it comes from, the forms, and the history."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    CheckboxesElement,
    ConversationFilter,
    ConversationMultiSelectElement,
    ConversationSelectElement,
    InputInteractiveElement,
    NumberInputElement,
    Option,
    PlainTextInputElement,
    UserMultiSelectElement,
)

from bot.core.setting import DESK, GROUPS, IS_ID, REASON, Askers, Change, Holding, Source
from bot.services.setting import InForce
from bot.slack.fields import Fields
from bot.slack.router import View
from bot.texts.catalogue import catalogues
from bot.texts.labels import LABELS
from bot.texts.locale import Locale, mark
from bot.texts.welcome import words_in, written

from .parts import (
    Line,
    Mention,
    Moment,
    Piece,
    actions,
    button,
    confirm,
    context,
    cut,
    field,
    line,
    modal,
    paragraph,
    section,
)

GROUP_TITLES = {
    "admins": mark("Admins"),
    "asking": mark("Who may ask to join"),
    "waiting": mark("Requests that wait"),
    "reminders": mark("Days of reminders"),
    "channels": mark("Channels"),
    "review": mark("Approval without a look"),
    "welcome": mark("Welcome"),
    "labels": mark("Labels on Coze's pages"),
}
NAMES = {
    "admin_users": mark("Admins besides ADMIN_USERS"),
    "may_ask": mark("Who may ask to join"),
    "remind_admins_hours": mark("Remind the admins after"),
    "answer_hours": mark("Answer within"),
    "backup_hours": mark("Ask the backup group after"),
    "expire_days": mark("Close the request after"),
    "remind_days": mark("Tokens"),
    "remind_days_long": mark("Tokens of more than 31 days"),
    "remind_days_owner": mark("The bot's own token"),
    "remind_days_key": mark("Keys of OAuth apps"),
    "announce_channel": mark("Where new agents are told of"),
    "review_channel": mark("Where agents to review are shown"),
    "review_auto_approve": mark("Whose new versions need no look"),
    "welcome": mark("Your words for newcomers"),
    "coze_labels": mark("Labels that are called otherwise by now"),
}
HINTS = {
    "admin_users": mark("They decide as ADMIN_USERS do, who always stay admins. No deputies."),
    "remind_admins_hours": mark("Working hours."),
    "answer_hours": mark("Working hours. People are told this time."),
    "backup_hours": mark("Working hours."),
    "expire_days": mark("Days without a decision."),
    "remind_days": mark("Days before the end, such as 7,3,1,0; 1 or 0 among them. What is planned is planned anew."),
    "remind_days_long": mark("Empty: as for other tokens."),
    "remind_days_owner": mark("Empty: as for other tokens. Admins are told."),
    "remind_days_key": mark("Days before a key is to be changed."),
    "announce_channel": mark("Invite the bot to it. Empty: nowhere."),
    "review_channel": mark("Invite the bot to it. Empty: the admin channel."),
    "review_auto_approve": mark(
        "User IDs of Coze, separated by commas, or all: only while plugins, workflows and model stay as approved."
    ),
    "coze_labels": mark("One a line: the guide's = Coze's by now. Steps, answers and error help follow."),
}
PEOPLE, GROUP, CHANNEL = "settings.people", "settings.groups", "settings.channels"
WHY, RESET = "settings.reason", "settings.reset"
MOST = 50  # people or channels in a list
LONGEST = 400  # characters of a value in a list
LINES = 3000  # characters of a text of several lines, as Slack has them at most


def overview(now: InForce, newest: Mapping[str, Change], locale: Locale) -> View:
    """What holds now, and where it comes from."""
    blocks: list[Block] = [
        context(locale, line(locale._("What is set here holds within seconds, and wins over the environment"))),
    ]
    for group, names in groups(now).items():
        change = button(locale._("Change…"), f"settings.edit:{group}", group, aloud=locale._(GROUP_TITLES[group]))
        rows = [_row(now.holdings[name], newest.get(name), now, locale) for name in names]
        blocks.append(section(locale, change, line(f"**{locale._(GROUP_TITLES[group])}**"), *rows))
    blocks.append(actions(button(locale._("History…"), "settings.history")))
    return modal(locale._("Bot settings"), locale._("Close"), blocks, "settings.list")


def groups(now: InForce) -> dict[str, tuple[str, ...]]:
    """What can be changed here: the review desk's own only where there is one."""
    shown = {group: [name for name in names if now.has_desk or name not in DESK] for group, names in GROUPS.items()}
    return {group: tuple(names) for group, names in shown.items() if names}


def _row(holding: Holding, change: Change | None, now: InForce, locale: Locale) -> Line:
    """One setting: its name where the group has several, the value, and whence it comes."""
    is_alone = len(groups(now)[_group_of(holding.name)]) == 1
    value, pieces = _value(holding.name, holding.text, now, locale)
    source, more = _source(holding, change, locale)
    text = value if is_alone else locale._("{label}: {value}", label=locale._(NAMES[holding.name]), value=value)
    return Line(f"{text} · {source}", {**pieces, **more})


def _group_of(name: str) -> str:
    return next(group for group, names in GROUPS.items() if name in names)


def _source(holding: Holding, change: Change | None, locale: Locale) -> tuple[str, dict[str, Piece]]:
    if holding.trouble:
        return locale._("⚠️ what was set here can't hold any more"), {}
    if holding.source is Source.DATABASE and change:
        return locale._("set by {by}, {at}"), {"by": Mention(change.by), "at": Moment(change.at, day=True)}
    if holding.source is Source.ENVIRONMENT:
        return locale._("from the environment"), {}
    return locale._("as delivered"), {}


def _value(
    name: str, text: str, now: InForce | None, locale: Locale, mark_: str = "v"
) -> tuple[str, dict[str, Piece]]:
    """A value in words, and what fills them. `now` adds whom the environment names."""
    if name == "admin_users":
        return _people((*(now.named if now else ()), *_ids(text)), locale._("nobody else"), locale, mark_)
    if name == "may_ask":
        return _people(_ids(text), locale._("every full member"), locale, mark_)
    if name.endswith("_channel"):
        nowhere = locale._("the admin channel") if name == "review_channel" else locale._("nowhere")
        return _people(_ids(text), nowhere, locale, mark_)
    return f"{{{mark_}}}", {mark_: _plain(name, text, locale)}


def _plain(name: str, text: str, locale: Locale) -> str:
    if name.endswith("_hours") and text:
        return locale._("{count} working hours", count=text)
    if name == "expire_days" and text:
        return locale._("{count} days", count=text)
    if name.startswith("remind_days"):
        return ", ".join(_ids(text)) or locale._("as for other tokens")
    if name == "review_auto_approve":
        return {"": locale._("nobody's"), "all": locale._("everybody's")}.get(
            text, cut(", ".join(_ids(text)), LONGEST)
        )
    if name == "coze_labels" and text:
        return cut(", ".join(each.replace("=", " = ") for each in _ids(text)), LONGEST)
    if name == "welcome":
        words = words_in(text)
        return cut(words.get(locale.language) or next(iter(words.values()), locale._("none")), 80)
    return text or locale._("none")


def _people(ids: Sequence[str], nobody: str, locale: Locale, mark_: str) -> tuple[str, dict[str, Piece]]:
    """People, groups and channels by name."""
    if not ids:
        return nobody, {}
    shown = {f"{mark_}{n}": Mention(each) for n, each in enumerate(ids[:MOST])}
    return locale.listed(f"{{{key}}}" for key in shown), dict(shown)


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def form(
    group: str, now: InForce, locale: Locale, seen: int, typed: Mapping[str, str] | None = None, *notes: Line
) -> View:
    """A group with what holds, or with what was `typed`; `seen` is the number of its last change."""
    names = groups(now)[group]
    texts = {name: now.holdings[name].text for name in names}
    texts |= typed or {}
    blocks: list[Block] = [paragraph(locale, *notes)] if notes else []
    for name in names:
        blocks += _inputs(name, texts[name], now, locale)
    words = PlainTextInputElement(action_id="value", max_length=REASON)
    blocks.append(field(WHY, locale._("Why"), words, locale._("Stands in the history."), optional=True))
    if any(now.holdings[name].source is Source.DATABASE for name in names):
        back = Option(text=locale._("Back to what the environment says"), value="reset")
        ticks = CheckboxesElement(action_id="value", options=[back])
        blocks.append(field(RESET, locale._("Or"), ticks, optional=True))
    title = locale._(GROUP_TITLES[group])
    return modal(cut(title, 24), locale._("Cancel"), blocks, "settings.edit", locale._("Save"), f"{group}:{seen}")


def _inputs(name: str, text: str, now: InForce, locale: Locale) -> list[Block]:
    label = locale._(NAMES[name])
    hint = locale._(HINTS[name]) if name in HINTS else None
    if name == "may_ask":
        return _askers(text, locale)
    if name == "welcome":
        return [_welcome(language, text, locale) for language in catalogues()]
    element: InputInteractiveElement
    if name == "admin_users":
        blocks: list[Block] = []
        if now.named:
            who, pieces = _people(now.named, "", locale, "n")
            blocks.append(paragraph(locale, Line(locale._("Always: {who}").replace("{who}", who), pieces)))
        element = UserMultiSelectElement(action_id="value", initial_users=_ids(text) or None)
        return [*blocks, field(f"settings.{name}", label, element, hint, optional=True)]
    if name.endswith("_channel"):
        element = ConversationSelectElement(action_id="value", initial_conversation=text or None, filter=_channels())
        return [field(f"settings.{name}", label, element, hint, optional=True)]
    if name.endswith("_hours") or name == "expire_days":
        element = NumberInputElement(action_id="value", is_decimal_allowed=True, initial_value=text or None)
        return [field(f"settings.{name}", label, element, hint)]
    element = PlainTextInputElement(action_id="value", initial_value=text or None)
    if name == "coze_labels":
        lines = text.replace(",", "\n") or None
        example = f"{LABELS['add']} = …"
        element = PlainTextInputElement(
            action_id="value", placeholder=example, initial_value=lines, multiline=True, max_length=LINES
        )
    return [field(f"settings.{name}", label, element, hint, optional=name not in ("remind_days", "remind_days_key"))]


def known_labels(names: Sequence[str], locale: Locale) -> Line:
    """What the bot's texts call the labels, above the form in which admins say what they are called now."""
    return line(locale._("The guide's labels: {labels}"), labels=cut(" · ".join(names), LINES - 100))


def _channels() -> ConversationFilter:
    return ConversationFilter(include=["public", "private"])


def _welcome(language: str, text: str, locale: Locale) -> Block:
    words = words_in(text).get(language)
    element = PlainTextInputElement(action_id="value", initial_value=words or None)
    label = locale._("For readers of {language}", language=catalogues()[language].name)
    return field(f"settings.welcome_{language}", label, element, optional=True)


def _askers(text: str, locale: Locale) -> list[Block]:
    """Three questions of which each may be empty; all three are: everybody."""
    askers = Askers.of(tuple(each for each in _ids(text) if IS_ID.fullmatch(each)))
    typed = [each for each in _ids(text) if each not in (*askers.people, *askers.channels)]
    people = UserMultiSelectElement(action_id="value", initial_users=list(askers.people) or None)
    channels = ConversationMultiSelectElement(
        action_id="value",
        initial_conversations=list(askers.channels) or None,
        filter=_channels(),
    )
    ids = PlainTextInputElement(action_id="value", initial_value=",".join(typed) or None)
    empty = line(locale._("All empty: every full member may ask. Admins always may."))
    return [
        context(locale, empty),
        field(PEOPLE, locale._("These people"), people, optional=True),
        field(CHANNEL, locale._("Members of these channels"), channels, locale._("Invite the bot."), optional=True),
        field(
            GROUP,
            locale._("Members of these user groups"),
            ids,
            locale._("Their IDs (S…), separated by commas: under ⋯ of the group in Slack."),
            optional=True,
        ),
    ]


def history(changes: Sequence[Change], newest: Mapping[str, Change], locale: Locale, *notes: Line) -> View:
    """Who changed what; the last change of each setting can be undone."""
    blocks: list[Block] = [paragraph(locale, *notes)] if notes else []
    if not changes:
        blocks.append(paragraph(locale, line(locale._("Nothing has been changed here yet."))))
    for each in changes:
        more = [line("{by}", by=Mention(each.by)), line("{at}", at=Moment(each.at))]
        more += [line("{why}", why=each.reason)] if each.reason else []
        is_last = newest[each.name].revision == each.revision
        told = told_of(each, locale)
        blocks += [section(locale, _undo(each, locale), told) if is_last else paragraph(locale, told)]
        blocks.append(context(locale, *more))
    blocks.append(actions(button(locale._("All settings"), "settings.back")))
    return modal(locale._("History"), locale._("Close"), blocks, "settings.list")


def _undo(change: Change, locale: Locale) -> ButtonElement:
    asks = confirm(
        locale._("Undo this change?"),
        locale._("What held before holds again, within seconds."),
        locale._("Undo"),
        locale._("Cancel"),
    )
    return button(locale._("Undo"), "settings.undo", change.revision, confirm=asks)


def told_of(change: Change, locale: Locale) -> Line:
    """What was changed, from what to what."""
    before, pieces = _was(change, change.before, locale, "b")
    after, more = _was(change, change.after, locale, "a")
    told = locale._("{label}: {value}", label=locale._(NAMES[change.name]), value=f"{before} → {after}")
    return Line(told, {**pieces, **more})


def _was(change: Change, text: str | None, locale: Locale, mark_: str) -> tuple[str, dict[str, Piece]]:
    if text is None:
        return locale._("what the environment says"), {}
    return _value(change.name, text, None, locale, mark_)


def meanwhile(changes: Sequence[Change], locale: Locale) -> list[Line]:
    """What another admin has changed since a form was opened, above what was typed there."""
    lines = [line(locale._("⚠️ Nothing was saved: meanwhile another admin has changed this."))]
    for each in changes:
        told = told_of(each, locale)
        by: dict[str, Piece] = {"by": Mention(each.by), "at": Moment(each.at)}
        lines.append(Line(f"{told.template} · {{by}}, {{at}}", {**told.pieces, **by}))
    return [*lines, line(locale._("What you typed stands below. Save again if it is to hold."))]


def read(group: str, fields: Fields) -> dict[str, str]:
    """What the form says, written as in the environment."""
    if group == "asking":
        people, channels = fields[PEOPLE].ticked, fields[CHANNEL].ticked
        return {"may_ask": ",".join((*people, *_ids(fields.text(GROUP)), *channels))}
    if group == "welcome":
        return {"welcome": written({each: fields.text(f"settings.welcome_{each}") for each in catalogues()})}
    return {name: _read(name, fields) for name in GROUPS[group] if f"settings.{name}" in fields}


def _read(name: str, fields: Fields) -> str:
    entered = fields[f"settings.{name}"]
    if name == "coze_labels":
        return ",".join(each.strip() for each in entered.text.splitlines() if each.strip())
    return ",".join(entered.ticked) if name == "admin_users" else entered.text.strip()


def is_reset(fields: Fields) -> bool:
    """Whether all of it is to go back to the environment."""
    return "reset" in fields[RESET].ticked


def saving(locale: Locale) -> View:
    """While Slack is asked whether they are an admin today."""
    text = line(locale._("⏳ Saving…"))
    return modal(locale._("Bot settings"), locale._("Close"), [paragraph(locale, text)], "settings.list")
