"""Buttons that several cards share: commands as if they had been typed, Coze's pages, the way out of an error."""

from slack_sdk.models.blocks import ButtonElement, InteractiveElement, Option, StaticSelectElement

from bot.core.publish import Publication
from bot.texts.locale import Help, Locale, mark

from .parts import button, link

COZE = "https://www.coze.cn/"
HOME = f"{COZE}home"
"""Where agents are made and teams joined; the address without a path opens another product since 2026-05-29."""
TOKENS = "https://www.coze.cn/open/oauth/pats"
APPS = "https://www.coze.cn/open/oauth/apps"

LABELS = {
    "start": mark("Continue with the guide"),
    "join": mark("Request to join…"),
    "status": mark("See my status"),
    "check": mark("Check a token…"),
    "publish": mark("Publish an agent…"),
    "remind": mark("See my reminders"),
    "help": mark("See all commands"),
    "queue": mark("See what waits"),
    "expiring": mark("See what expires"),
    "admin": mark("Open the admin desk"),
    "settings": mark("Bot settings…"),
}

_PAGES = {
    "E1": ("tokens", TOKENS),
    "E3": ("tokens", TOKENS),
    "E7": ("oauth", APPS),
    "E11": ("oauth", APPS),
    **dict.fromkeys(("E12", "E12-off", "E12-bind", "E12-used"), ("oauth", APPS)),
    "E17": ("coze", HOME),
}
"""Errors that are mended on a page of Coze."""

KEPT = frozenset({"E3-kept", "E3-gone"})
"""Errors of what the person had us keep: it does not open any more, or was deleted. Storing it anew mends both."""

OPERATORS = frozenset({"E1", "E2", "E3", "E11", "E12", "E12-off", "E12-bind", "E17"})
"""Errors of the bot's own credential, where it is the one in use: only its operator can mend them."""

_AGENT = frozenset({"E5", "E6", "E16", "E16-name"})
"""Errors that are mended in the agent itself."""


def command(verb: str, locale: Locale, value: str = "", *, primary: bool = False) -> ButtonElement:
    """A button that does what typing the command would do; `value` holds its arguments."""
    label = locale._(LABELS[verb]) if verb in LABELS else verb
    return button(label, f"command.{verb}", value or None, primary=primary)


def ask_admin(locale: Locale) -> ButtonElement:
    """A question to the admins, from where nothing else leads to them."""
    return button(locale._("Ask an admin…"), "report.ask")


def languages(locale: Locale, action_id: str) -> list[InteractiveElement]:
    """What changes to another language: a button where there is one other, else a list; each by its own name."""
    if len(locale.others) == 1:
        (other,) = locale.others
        aloud = locale._("Switch to {language}", language=other.name)
        return [button(other.name, action_id, other.language, aloud=aloud)]
    options = [Option(text=other.name, value=other.language) for other in locale.others]
    return [StaticSelectElement(action_id=action_id, placeholder=locale.catalogue.name, options=options)]


def add_in_glasses(publication: Publication, locale: Locale) -> ButtonElement:
    """Opens the guide at its last step, for an agent that is online."""
    return button(locale._("Add it in the glasses"), "guide.glasses", publication.id, primary=True)


def way_out(
    help: Help, locale: Locale, verb: str, value: str = "", agent: Publication | None = None
) -> list[ButtonElement]:
    """The one button that mends an error, and beside it the command `verb` to try again."""
    again = button(locale._("Try again…"), f"command.{verb}", value or None)
    if help.key in KEPT:
        return [keep_anew(help), again]
    if help.key in _PAGES:
        place, url = _PAGES[help.key]
        return [link(help.button, place, url, primary=True), again]
    if help.key in _AGENT and agent:
        return [link(help.button, "agent", agent_url(agent), primary=True), again]
    return [button(locale._("Try again…"), f"command.{verb}", value or None, primary=True)]


def keep_anew(help: Help) -> ButtonElement:
    """Opens the agreement about what is kept once more."""
    return button(help.button, "credential.keep_anew", primary=True)


def agent_url(publication: Publication) -> str:
    """The agent's page on Coze."""
    return agent_page(publication.workspace_id, publication.agent_id)


def agent_page(workspace_id: str, agent_id: str) -> str:
    """An agent's page on Coze."""
    return f"{COZE}space/{workspace_id}/bot/{agent_id}"
