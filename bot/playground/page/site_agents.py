"""Coze's website: agents with their versions and channels, publishing by hand, and the channel's review queue."""

from collections.abc import Iterator

import htpy
from htpy import Node

from ..world.coze import API, CHAT_SDK, Bot, Publication, User, Version
from .deed import button, choice, form, one_button, text_field, ticks
from .sight import Sight, copyable, fold, mark, section

_TONES = {"online": "ok", "rejected": "bad", "failed": "bad", "reviewing": "wait", "publishing": "wait"}


def sections(sight: Sight, user: User) -> Iterator[htpy.Element]:
    """The agents of all spaces that the account is in, and a form for a new one."""
    say = sight.say
    mine = {space.id for space in sight.spaces(user)}
    bots = [bot for bot in sight.coze.bots.values() if bot.workspace_id in mine]
    yield section(
        say("coze.section.agents"),
        [_agent(sight, user, bot) for bot in bots],
        _new(sight, user) if mine else None,
        empty=say("coze.empty.agents"),
    )


def _agent(sight: Sight, user: User, bot: Bot) -> Node:
    say, space = sight.say, sight.coze.workspaces[bot.workspace_id]
    return htpy.div(".agent")[
        htpy.b[bot.name],
        htpy.small[space.name, " · ", copyable(f"coze-address-{bot.id}", _address(bot), bot.name, say)],
        htpy.ul(".states")[
            [_standing(sight, connector, publication) for connector, publication in bot.publications.items()]
        ],
        bool(bot.versions)
        and fold(
            f"coze-versions-{bot.id}",
            say("coze.versions", n=len(bot.versions)),
            htpy.ol(".members")[[_version(sight, one) for one in reversed(bot.versions)]],
        ),
        user.id in (bot.owner_id, space.owner_id) and _publish(sight, user, bot),
    ]


def _address(bot: Bot) -> str:
    """What a browser would show on the agent's page."""
    return f"https://www.coze.cn/space/{bot.workspace_id}/bot/{bot.id}"


def _standing(sight: Sight, connector_id: str, publication: Publication) -> Node:
    say = sight.say
    older = publication.online_version not in (None, publication.version)
    return htpy.li[
        htpy.span[sight.connector(connector_id)],
        mark(say(f"coze.state.{publication.state}"), _TONES.get(publication.state, "")),
        older and htpy.small[say("coze.older_online")],
        publication.reason and htpy.small[say("coze.reason", reason=publication.reason)],
    ]


def _version(sight: Sight, version: Version) -> Node:
    channels = sight.say("coze.between").join(map(sight.connector, version.connectors))
    return htpy.li[
        htpy.code[version.version],
        " ",
        htpy.small[f"{sight.time(version.at)} · {sight.name(version.author_id)} · {channels}"],
        version.changelog and htpy.small[version.changelog],
    ]


def _publish(sight: Sight, user: User, bot: Bot) -> Node:
    say, form_id = sight.say, f"coze-publish-{bot.id}"
    offered = [API, CHAT_SDK, *sorted(sight.coze.workspaces[bot.workspace_id].connectors)]
    choices = [(one, sight.connector(one), one == API or one in bot.publications) for one in offered]
    return form(
        form_id,
        "publish",
        {"name": user.handle, "bot_id": bot.id},
        ticks(form_id, "many.connectors", say("coze.field.connectors"), choices),
        button(form_id, say("coze.do.publish"), bot.name),
        classes="row",
    )


def _new(sight: Sight, user: User) -> Node:
    say, form_id = sight.say, "coze-agent"
    spaces = sorted(sight.spaces(user), key=lambda space: space.personal)
    return fold(
        "coze-new-agent",
        say("coze.new.agent"),
        form(
            form_id,
            "agent",
            {"name": user.handle},
            text_field(form_id, "text.title", say("coze.field.title"), maxlength=20, required=True),
            choice(
                form_id, "text.workspace", say("coze.field.workspace"), [(one.id, one.name, True) for one in spaces]
            ),
            button(form_id, say("coze.do.agent"), say("coze.section.agents")),
        ),
    )


def review_sections(sight: Sight) -> Iterator[htpy.Element]:
    """The reviewer's desk: what waits, oldest first, and what was decided."""
    say = sight.say
    all_ = [
        (publication.at, bot, connector, publication)
        for bot in sight.coze.bots.values()
        for connector, publication in bot.publications.items()
        if connector in sight.coze.channels
    ]
    all_.sort(key=lambda one: one[0])
    waiting = [one[1:] for one in all_ if one[3].state == "reviewing"]
    decided = [one[1:] for one in reversed(all_) if one[3].state in ("online", "rejected", "failed")]
    yield section(
        say("coze.section.review"), [_waiting(sight, *one) for one in waiting], empty=say("coze.empty.review")
    )
    if decided:
        yield section(say("coze.section.decided"), [_decided(sight, *one) for one in decided])


def _about(sight: Sight, bot: Bot, connector: str, publication: Publication) -> Node:
    owner, at = sight.name(bot.owner_id), sight.time(publication.at)
    return [htpy.b[bot.name], htpy.small[f"{sight.connector(connector)} · {owner} · {at}"]]


def _waiting(sight: Sight, bot: Bot, connector: str, publication: Publication) -> Node:
    say = sight.say
    if sight.coze.channels[connector].callback_url is not None:
        return _asked(sight, bot, connector, publication)
    given = {"bot_id": bot.id, "connector_id": connector}
    reject_id, pass_id = f"coze-reject-{bot.id}", f"coze-pass-{bot.id}"
    return htpy.div(".agent")[
        _about(sight, bot, connector, publication),
        one_button(pass_id, "review", {**given, "verdict": "passed"}, say("coze.do.pass"), bot.name, "primary"),
        form(
            reject_id,
            "review",
            {**given, "verdict": "rejected"},
            text_field(reject_id, "text.reason", say("coze.field.reason"), maxlength=300),
            button(reject_id, say("coze.do.reject"), bot.name, "danger"),
            classes="row",
        ),
    ]


def _asked(sight: Sight, bot: Bot, connector: str, publication: Publication) -> Node:
    """The channel's owner was asked by its callback, and tells the verdict; it can be asked again."""
    say = sight.say
    told = [each for each in sight.coze.deliveries if each.connector_id == connector and bot.id in each.raw.decode()]
    again = (
        one_button(
            f"coze-again-{bot.id}", "callback", {"event_id": told[-1].event_id}, say("coze.do.again"), bot.name
        )
        if told
        else None
    )
    about = _about(sight, bot, connector, publication)
    return htpy.div(".agent")[about, htpy.small[say("coze.review.owner")], again]


def _decided(sight: Sight, bot: Bot, connector: str, publication: Publication) -> Node:
    say = sight.say
    return [
        htpy.div[
            _about(sight, bot, connector, publication),
            publication.reason and htpy.small[say("coze.reason", reason=publication.reason)],
        ],
        mark(say(f"coze.state.{publication.state}"), _TONES[publication.state]),
    ]
