"""Reminders in Slack: the message of one token, or of several whose moment is the same."""

from collections.abc import Sequence

from bot.clock import Clock
from bot.core.agents import users_of
from bot.core.credential import WATCHED, CredentialState
from bot.core.remind import ENDED, held, is_overtaken
from bot.services.credential import Credentials, Told
from bot.services.overview import Overview
from bot.slack.router import Drawing
from bot.slack.views import credential as views
from bot.slack.views import oauth_key
from bot.slack.views import owner as owner_views
from bot.slack.views import reminders as several
from bot.slack.views.parts import Card
from bot.store.message import Message
from bot.texts.locale import Locale


class Notices:
    """Draws reminders. Of each token only the newest one carries buttons."""

    def __init__(self, clock: Clock, credentials: Credentials, overview: Overview) -> None:
        self._clock, self._credentials, self._overview = clock, credentials, overview

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The tokens of this copy, as they are now. Raises NotFound."""
        told, now = await self._credentials.told_by(copy), self._clock.now()
        open_ = [each for each in told if each.is_open]
        if told[0].credential.is_key:
            is_open = bool(open_)
            card = await self._key(told[0], locale)
        elif told[0].credential.is_operators:
            is_open = bool(open_)
            card = owner_views.notice(told[0].credential, locale, now, current=told[0].current)
        else:
            is_open = any(each.credential.state is CredentialState.ACTIVE for each in open_)
            card = await self._card(copy, told, open_, locale)
        waits = [
            held(now, None if now >= each.credential.ends_at else each.credential.ends_at, locale.tz, each.quiet)
            for each in open_ or told
        ]
        over = all(self._is_over(each, locale) for each in told)
        return Drawing(card, is_open, not_before=min(waits), is_overtaken=over)

    async def _card(self, copy: Message, told: Sequence[Told], open_: Sequence[Told], locale: Locale) -> Card:
        """One that is left, or was alone from the beginning, is told as its own reminder."""
        if len(told) == 1 or len(open_) == 1:
            return await self._alone(open_[0] if open_ else told[0], copy, locale)
        if not open_:
            return several.over([each.credential for each in told], locale)
        used_by = await self._used_by(copy)
        rows = {each.credential: each.quiet_until for each in open_}
        return several.several(rows, locale, self._clock.now(), used_by)

    async def _used_by(self, copy: Message) -> dict[int, list[str]]:
        """Which agents use which of the recipient's tokens, as far as guides know them."""
        return users_of(*await self._overview.walked(copy.recipient))

    async def _alone(self, told: Told, copy: Message, locale: Locale) -> Card:
        """A reminder of one token, with when the next one comes."""
        now = self._clock.now()
        ladder = self._credentials.rungs(told.credential, locale.tz, told.quiet)
        return views.notice(
            told.credential,
            told.key,
            locale,
            now,
            next((rung for rung in ladder if rung.due_at > now), None),
            current=told.current,
            replaced_by=await self._credentials.successor(told.credential),
            quiet_until=told.quiet_until,
            agents=(await self._used_by(copy)).get(told.credential.id, ()) if told.is_open else (),
        )

    async def _key(self, told: Told, locale: Locale) -> Card:
        """A reminder of a key."""
        new, now = await self._credentials.successor(told.credential), self._clock.now()
        return oauth_key.notice(
            told.credential, locale, now, current=told.current, replaced_by=new, quiet_until=told.quiet_until
        )

    def _is_over(self, told: Told, locale: Locale) -> bool:
        """Whether this one need not be told any more, if it was not yet."""
        now, credential = self._clock.now(), told.credential
        ladder = self._credentials.rungs(credential, locale.tz, told.quiet)
        has_ended, is_closed = now >= credential.ends_at, credential.state not in WATCHED
        is_told = not told.current or is_closed or (has_ended and told.key != ENDED)
        return is_told or is_overtaken(told.key, ladder, now)
