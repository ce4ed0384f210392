"""The ways that need no renewal, for who has replaced a token often: what each is, and what is left to do for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, ButtonElement

from bot.core.credential import Credential
from bot.core.join import OPEN, JoinState, Request
from bot.texts.guide import RouteText
from bot.texts.locale import Locale

from .parts import Card, Line, actions, bullets, button, header, line, name, paragraph, rich_text


@dataclass(frozen=True)
class Ways:
    """The routes without a token that ends: to the `channel`, and with a `server` of one's own.

    `renewals` is how often the token was replaced, `request` the person's newest to join, `has_agent` whether one of
    theirs is known to lie in the ShargeAI workspace.
    """

    renewals: int
    channel: RouteText
    server: RouteText
    request: Request | None
    has_agent: bool


def card(ways: Ways, credential: Credential, locale: Locale) -> Card:
    """The answer to who asks for them."""
    blocks = [
        header(heading(locale)),
        *told(ways, credential, locale),
        actions(*buttons(ways, locale)),
    ]
    return Card(heading(locale), blocks)


def heading(locale: Locale) -> str:
    """What it is about."""
    return locale._("Never replace it again")


def told(ways: Ways, credential: Credential, locale: Locale) -> list[Block]:
    """How often it was replaced, as far as that was recorded, and the ways."""
    how = line(locale._("With these routes nothing has to be replaced, and your agent stays as it is:"))
    often = [_often(ways.renewals, credential, locale)] if ways.renewals else []
    channel, server = ways.channel.words[locale.language], ways.server.words[locale.language]
    to_channel = line(
        locale._("**{route}** · no token at all. {left}"), route=channel.title, left=_left(ways, locale)
    )
    with_server = line("**{route}** · {advice}", route=server.button, advice=server.advice)
    return [paragraph(locale, *often, how), rich_text(bullets(locale, to_channel, with_server))]


def _often(renewals: int, credential: Credential, locale: Locale) -> Line:
    text = locale.ngettext(
        "You've replaced “{name}” {count} time.", "You've replaced “{name}” {count} times.", renewals, name="{name}"
    )
    return line(text, name=name(credential.name))


def _left(ways: Ways, locale: Locale) -> str:
    """What is left to do until the agent is in the channel."""
    request, steps = ways.request, list[str]()
    joined = request is not None and request.state is JoinState.JOINED
    if request is None or not (joined or request.state in OPEN):
        steps.append(locale._("request to join the team"))
    elif not joined:
        steps.append(locale._("your request to join, which is under way"))
    elif request.wants_proof:
        steps.append(locale._("show that your Coze account is yours"))
    if not ways.has_agent:
        steps.append(locale._("put the agent into the ShargeAI space"))
    steps.append(locale._("publish it"))
    if joined:
        return locale._("You're in the team already; left to do: {steps}", steps=locale.listed(steps))
    return locale._("Left to do: {steps}", steps=locale.listed(steps))


def buttons(ways: Ways, locale: Locale) -> Sequence[ButtonElement]:
    """One a way: a press begins its guide."""
    return [
        button(each.words[locale.language].button, f"guide.route:{each.key}", each.key, primary=each is ways.channel)
        for each in (ways.channel, ways.server)
    ]
