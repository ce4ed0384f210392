"""Who and what somebody means who acts on Coze's website, and the words for what it would not let them do."""

from ..world.coze import Bot, Json, User, Workspace
from .api import Site


class NoWay(Exception):
    """Coze's website wouldn't let the person do that. Carries the words for it."""


def person(site: Site, body: Json, key: str = "name") -> User:
    """The account that the body names. Raises NoWay."""
    try:
        return site.state.user(str(body.get(key)))
    except KeyError:
        raise NoWay(f"nobody on Coze is called {body.get(key)!r}") from None


def space_of(site: Site, body: Json) -> Workspace:
    """The workspace that the body names; "personal" is the person's own; without a name the team's.

    Raises NoWay.
    """
    which = str(body.get("workspace") or "")
    try:
        if which == "personal":
            return site.state.personal_space(person(site, body).id)
        return site.state.find_workspace(which) if which else site.state.team
    except KeyError:
        raise NoWay(f"there is no workspace {which!r}") from None


def agent(site: Site, body: Json) -> Bot:
    """The agent that the body names. Raises NoWay."""
    which = body.get("bot_id") or body.get("agent") or body.get("name")
    try:
        return site.state.find_bot(str(which))
    except KeyError:
        raise NoWay(f"there is no agent {which!r}") from None
