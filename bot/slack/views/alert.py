"""What operators read of the bot's own state: what is wrong and what to do, and one line once it is over."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.core.alert import Alert, Trouble
from bot.texts.locale import Locale

from .guide.lint import duration
from .parts import Card, Line, Moment, bullets, context, fallback_text, header, line, numbered, paragraph, rich_text


def card(alert: Alert, locale: Locale) -> Card:
    """One message; its zone is that of the admins."""
    if alert.until:
        text = line(_over(alert.trouble, locale), time=_lasted(alert, locale))
        return Card(fallback_text(locale, text), [paragraph(locale, text)])
    title = _title(alert, locale)
    small = [line(locale._("since {since}"), since=Moment(alert.since)), *_small(alert, locale)]
    reasons = [line("{why}", why=each) for each in alert.reasons]
    blocks: list[Block] = [
        header(title),
        context(locale, *small),
        *([rich_text(bullets(locale, *reasons))] if reasons else []),
        rich_text(numbered(locale, *(line(each) for each in _steps(alert.trouble, locale)))),
        context(locale, line(locale._("said once, and again when it's over"))),
    ]
    return Card(title, blocks)


def plain(alert: Alert, locale: Locale) -> str:
    """The same as text, for where no cards are shown."""
    if alert.until:
        return fallback_text(locale, line(_over(alert.trouble, locale), time=_lasted(alert, locale)))
    steps = (f"{number}. {each}" for number, each in enumerate(_steps(alert.trouble, locale), 1))
    return "\n".join([_title(alert, locale), *alert.reasons, *steps])


def _title(alert: Alert, locale: Locale) -> str:
    match alert.trouble:
        case Trouble.SWEEP:
            return locale._("🔴 Reminders stopped: restart the worker")
        case Trouble.DEAD:
            return locale.ngettext(
                "🟠 {count} job failed, please have a look", "🟠 {count} jobs failed, please have a look", alert.count
            )
        case Trouble.TOKEN:
            return locale._("🔴 Slack revoked the bot token: reinstall")
        case Trouble.WRITE:
            return locale._("🔴 The database takes no writes")
        case Trouble.DISK:
            return locale._("🟠 The disk is nearly full: free some space")


def _small(alert: Alert, locale: Locale) -> Sequence[Line]:
    match alert.trouble:
        case Trouble.SWEEP:
            text = locale.ngettext("{count} job is overdue", "{count} jobs are overdue", alert.count)
        case Trouble.DISK:
            text = locale._("{count} MB left where the database file is", count=locale.number(alert.count))
        case _:
            return ()
    return (line(text),)


def _steps(trouble: Trouble, locale: Locale) -> tuple[str, ...]:
    match trouble:
        case Trouble.SWEEP:
            return (
                locale._("See whether a `worker` (or `run`) is still there"),
                locale._("If not, restart it; if so, look for `looking for jobs failed` in its log"),
                locale._("What is overdue is made up by itself: nothing is lost, nothing sent twice"),
            )
        case Trouble.DEAD:
            return (
                locale._("Look for `job is dead` in the log: it says which and why"),
                locale._("Mend the cause; what people did is kept"),
            )
        case Trouble.TOKEN:
            return (
                locale._("Reinstall the app at api.slack.com/apps to get a new `xoxb-`"),
                locale._("Put it in `SLACK_BOT_TOKEN` and restart"),
                locale._("Overdue messages go out, most urgent first"),
            )
        case Trouble.WRITE:
            return (
                locale._("See that the database runs, and that its disk has room"),
                locale._("Who presses something meanwhile reads that nothing was saved"),
            )
        case Trouble.DISK:
            return (
                locale._("Make room where the database file is"),
                locale._("Once it is full nothing can be saved any more"),
            )


def _over(trouble: Trouble, locale: Locale) -> str:
    match trouble:
        case Trouble.SWEEP:
            return locale._("✅ Reminders run again after {time}; what is overdue goes out now")
        case Trouble.DEAD:
            return locale._("✅ No failed jobs are left, after {time}")
        case Trouble.TOKEN:
            return locale._("✅ Slack takes the bot token again after {time}")
        case Trouble.WRITE:
            return locale._("✅ The database takes writes again after {time}")
        case Trouble.DISK:
            return locale._("✅ There is room on the disk again, after {time}")


def _lasted(alert: Alert, locale: Locale) -> str:
    seconds = (alert.until - alert.since).total_seconds() if alert.until else 0.0
    return duration(max(round(seconds), 1), locale)
