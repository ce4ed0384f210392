"""Slack's mrkdwn, drawn for one reader.

A formatting sign works only beside a blank, a line's end or an ASCII punctuation mark. Beside other letters,
Chinese ones included, Slack shows the sign itself, and so does the page: a card that looks wrong in Slack must
look wrong here. Syntax: docs.slack.dev/messaging/formatting-message-text.
"""

import html
import re
from collections.abc import Iterator

import htpy
from htpy import Node

from . import dates
from .emoji import with_emoji
from .reader import Reader

_FENCE = re.compile(r"```(.*?)```", re.S)
_SPAN = re.compile(r"`([^`\n]+)`|<([^<>\n]+)>")
_EDGE = r"\s!-/:-@\[-^{-~"  # blank or ASCII punctuation, `_` excepted
_STYLE = re.compile(
    rf"(?:(?<=[{_EDGE}])|^)(?P<sign>[*_~])(?=\S)(?P<inner>[^\n]*?\S)(?P=sign)(?=[{_EDGE}_]|$)",
    re.M,
)
_TAGS = {"*": htpy.b, "_": htpy.i, "~": htpy.s}
_STASH = re.compile("\ue000(\\d+)\ue001")
_BROADCAST = {"here": "@here", "channel": "@channel", "everyone": "@everyone"}
SAFE_SCHEMES = ("http://", "https://", "mailto:")


def mrkdwn(text: str, reader: Reader) -> Node:
    """The text with its markup drawn; line breaks are kept, `>` lines become quotes."""
    return [_fenced(part, reader, fenced=odd) for part, odd in _split(_FENCE, text)]


def plain(text: str) -> str:
    """A plain_text object's text as Slack shows it."""
    return with_emoji(html.unescape(text))


def link(url: str, label: Node) -> Node:
    """A link that tells the other side nothing; an address with another scheme stays text."""
    if not url.lower().startswith(SAFE_SCHEMES):
        return label
    return htpy.a(href=url, target="_blank", rel="noopener noreferrer")[label]


def mention(user_id: str, reader: Reader) -> Node:
    """A person's or an app's name with an @."""
    named = user_id == reader.person.id
    return htpy.span(class_={"at": True, "me": named})[f"@{name_of(user_id, reader)}"]


def name_of(user_id: str, reader: Reader) -> str:
    """The name of a person or an app's bot user; the id if nobody has it."""
    for person in reader.workspace.people.values():
        if person.id == user_id:
            return person.name
    for app in reader.workspace.apps.values():
        if user_id in (app.bot_user, app.bot_id):
            return app.name
    return user_id


def channel_name(channel_id: str, reader: Reader) -> str:
    """A channel's name with its #; the id if there is no such channel."""
    channel = reader.workspace.channels.get(channel_id)
    return f"#{channel.name}" if channel else f"#{channel_id}"


def group(group_id: str, reader: Reader) -> Node:
    """A user group's name with an @; the id if there is no such group."""
    return htpy.span(".at")[f"@{reader.workspace.group_names.get(group_id, group_id)}"]


def _split(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, bool]]:
    end = 0
    for match in pattern.finditer(text):
        yield text[end : match.start()], False
        yield match[1], True
        end = match.end()
    yield text[end:], False


def _fenced(part: str, reader: Reader, *, fenced: bool) -> Node:
    if fenced:
        return htpy.pre[html.unescape(part.strip("\n"))]
    return _lines(part, reader) if part else None


def _lines(text: str, reader: Reader) -> Node:
    out: list[Node] = []
    lines, quoted = [], None
    for line in text.split("\n"):
        is_quote = line.startswith(("&gt;", ">"))
        if quoted is not None and is_quote != quoted:
            out.append(_block("\n".join(lines), reader, quoted=quoted))
            lines = []
        lines.append(re.sub(r"^(?:&gt;|>) ?", "", line) if is_quote else line)
        quoted = is_quote
    out.append(_block("\n".join(lines), reader, quoted=bool(quoted)))
    return out


def _block(text: str, reader: Reader, *, quoted: bool) -> Node:
    drawn = _inline(text, reader)
    return htpy.blockquote[drawn] if quoted else drawn


def _inline(text: str, reader: Reader) -> Node:
    """Code and <entities> are put aside first, so that formatting may enclose but never read them."""
    stash: list[Node] = []

    def put(match: re.Match[str]) -> str:
        stash.append(htpy.code[html.unescape(match[1])] if match[1] else _entity(match[2], reader))
        return f"\ue000{len(stash) - 1}\ue001"

    return _styled(_SPAN.sub(put, re.sub("[\ue000\ue001]", "", text)), stash)


def _styled(text: str, stash: list[Node]) -> Node:
    out: list[Node] = []
    end = 0
    for match in _STYLE.finditer(text):
        out.append(_unstash(text[end : match.start()], stash))
        out.append(_TAGS[match["sign"]][_styled(match["inner"], stash)])
        end = match.end()
    out.append(_unstash(text[end:], stash))
    return out


def _unstash(text: str, stash: list[Node]) -> Node:
    pieces = _STASH.split(text)  # words, number, words, number…
    return [stash[int(piece)] if odd % 2 else plain(piece) for odd, piece in enumerate(pieces)]


def _entity(inner: str, reader: Reader) -> Node:
    target, _, label = inner.partition("|")
    label = plain(label)
    if target.startswith(("@U", "@W")):
        return mention(target[1:], reader)
    if target.startswith("#C"):
        return htpy.span(".at")[channel_name(target[1:], reader)]
    if target.startswith("!date^"):
        return _date(target, label, reader)
    if target.startswith("!subteam^"):
        return group(target.removeprefix("!subteam^"), reader)
    if target.startswith("!"):
        return htpy.span(".at")[_BROADCAST.get(target[1:], label or target)]
    return link(html.unescape(target), label or html.unescape(target).removeprefix("mailto:"))


def _date(target: str, fallback: str, reader: Reader) -> Node:
    """`!date^seconds^format^optional link`."""
    _, seconds, form, *url = [*target.split("^"), ""][:4]
    if not seconds.isdigit():
        return fallback
    shown = date_node(int(seconds), form, reader)
    return link(html.unescape(url[0]), shown) if url and url[0] else shown


def date_node(timestamp: int, form: str, reader: Reader) -> Node:
    """A Slack date in the reader's zone and language."""
    words = dates.slack_date(timestamp, html.unescape(form), reader.now, reader.zone, reader.lang)
    return htpy.time(datetime=dates.from_ts(str(timestamp)).isoformat())[words]
