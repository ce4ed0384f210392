"""What belongs to the browser: who sits where, language, theme, open panel. It lives in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from .reader import Lang, lang_of

Theme = Literal["", "light", "dark"]
Panel = Literal["", "coze", "inspector"]
THEMES: tuple[Theme, ...] = ("", "light", "dark")
_COZE_HOSTS = ("coze.cn", "coze.com")
_PANELS: tuple[Panel, ...] = ("", "coze", "inspector")


@dataclass(frozen=True)
class Seat:
    """A person's handle and the key of the room they look at: "dm", "home" or a channel's name."""

    who: str
    room: str

    def __str__(self) -> str:
        return f"{self.who}:{self.room}"


NOBODY = Seat("", "")  # the address says nothing: whoever the playground's setup seats there


@dataclass(frozen=True)
class State:
    """The page's address, understood. Everything else is the playground's."""

    left: Seat = NOBODY
    right: Seat = NOBODY
    lang: Lang = "zh"
    theme: Theme = ""
    panel: Panel = ""
    desk: int = 1  # the one that a narrow window shows
    hit: str = ""  # the delivery open in the inspector; the newest if empty
    only: str = ""  # whose deliveries the inspector shows; everyone's if empty
    site: str = ""  # whom the Coze website panel plays

    @property
    def seats(self) -> tuple[Seat, Seat]:
        """Left and right."""
        return self.left, self.right

    def seat(self, desk: int) -> Seat:
        """The seat at desk 1 or 2."""
        return self.seats[desk - 1]

    def sit(self, desk: int, seat: Seat) -> "State":
        """The state with somebody else, or another room, at a desk."""
        return replace(self, left=seat) if desk == 1 else replace(self, right=seat)

    def path(self) -> str:
        """The address of this state; what is at its default is left out."""
        plain = State(lang=self.lang)
        query = {
            name: str(getattr(self, name))
            for name in ("left", "right", "panel", "desk", "hit", "only", "site")
            if getattr(self, name) != getattr(plain, name)
        }
        query |= {"lang": self.lang} | ({"theme": self.theme} if self.theme else {})
        return f"/?{urlencode(query, safe=':@')}"


def read_state(address: str, cookies: Mapping[str, str], accept_language: str = "") -> State:
    """The state that an address and the cookies `lang` and `theme` stand for; nonsense falls back to the default."""
    query = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    lang = query.get("lang") or cookies.get("lang") or accept_language or "zh"
    theme = query.get("theme", cookies.get("theme", ""))
    panel = query.get("panel", "")
    return State(
        left=read_seat(query.get("left", "")),
        right=read_seat(query.get("right", "")),
        lang=lang_of(lang),
        theme=next((known for known in THEMES if known == theme), ""),
        panel=next((known for known in _PANELS if known == panel), ""),
        desk=2 if query.get("desk") == "2" else 1,
        hit=query.get("hit", ""),
        only=query.get("only", ""),
        site=query.get("site", ""),
    )


def read_seat(given: str) -> Seat:
    """A seat as an address names it, `who:room`; either may be left out."""
    who, _, room = given.partition(":")
    return Seat(who, room)


def is_coze(url: str) -> bool:
    """Whether an address is on Coze's own site, which the page plays in a panel."""
    host = urlsplit(url).hostname or ""
    return any(host == known or host.endswith(f".{known}") for known in _COZE_HOSTS)


def is_chat(url: str) -> bool:
    """Whether an address opens the chat with an app, which the page shows in the same place."""
    parts = urlsplit(url)
    return (parts.scheme, parts.netloc) == ("slack", "app") and "tab=messages" in parts.query.split("&")


def follow(state: State, url: str, desk: int, who: str) -> State:
    """The state after somebody at a desk has followed an address: Coze's site opens in its panel, the chat there."""
    if is_coze(url):
        return replace(state, panel="coze", site=who)
    return state.sit(desk, Seat(who, "dm")) if is_chat(url) else state
