"""What people do on Coze's own website: answer invitations, make tokens and agents, publish by hand, review."""

from collections.abc import Awaitable, Callable
from typing import Any

from ..world.coze import API, Bot, Invitation, Json, OAuthApp, User, Workspace
from ..world.sign_in import SignIn
from . import access, callbacks, consent
from .acting import NoWay, agent, person, space_of
from .api import Site
from .channels import review, take_down
from .people import leave

LONGEST_EDIT, LONGEST_INTERVAL = 5, 60
LONGEST_SPACE = 50  # characters; Coze's documentation names no limit


async def act(site: Site, path: str, body: Json) -> Json:
    """Do one thing as a person. Answers `{"ok": True, …}` or `{"ok": False, "error": words}`."""
    handler = ACTS.get(path.strip("/"))
    if handler is None:
        return {"ok": False, "error": f"no such action {path!r}; there are: {', '.join(ACTS)}"}
    try:
        done = await handler(site, body)
    except NoWay as problem:
        return {"ok": False, "error": str(problem)}
    site.state.changed()
    return {"ok": True, **done}


async def _user(site: Site, body: Json) -> Json:
    """user {name, accept_invitation | decline_invitation: true or a workspace, refuses_invitations?: bool}

    Or user {name, user_level, calls?}: another edition, and how many calls the account has made.
    """
    user = person(site, body)
    if "user_level" in body or "calls" in body:
        return _edition(user, body)
    if "refuses_invitations" in body:
        user.refuses_invitations = bool(body["refuses_invitations"])
        return {}
    accepts = bool(body.get("accept_invitation"))
    which = body.get("accept_invitation") or body.get("decline_invitation")
    if not which:
        raise NoWay("say accept_invitation: true or decline_invitation: true")
    space = _invited(site, user, which)
    invitation = space.invitations.pop(user.id)
    if accepts:
        space.members[user.id] = invitation.role
    return {"workspace_id": space.id, "member": accepts}


def _edition(user: User, body: Json) -> Json:
    """Coze's own words are free, pro_personal, team and enterprise; others are taken, to try a client."""
    level, calls = body.get("user_level", user.user_level), body.get("calls", user.calls)
    if not isinstance(level, str) or type(calls) is not int or calls < 0:
        raise NoWay("user_level must be a word such as free, and calls a whole number from 0 on")
    user.user_level, user.calls = level, calls
    return {"user_level": level, "calls": calls}


async def _invite(site: Site, body: Json) -> Json:
    """invite {name: who invites, user: whom, workspace?}: an invitation by hand."""
    host, guest, space = person(site, body), person(site, body, "user"), space_of(site, body)
    if space.members.get(host.id) not in ("owner", "admin"):
        raise NoWay(f"{host.handle} may not invite into {space.name}")
    if guest.id in space.members:
        raise NoWay(f"{guest.handle} is in {space.name} already")
    space.invitations.setdefault(guest.id, Invitation("member", host.id, site.state.now()))
    return {"workspace_id": space.id}


async def _workspace(site: Site, body: Json) -> Json:
    """workspace {name, title}: a new space of one's own, for a team."""
    user, title = person(site, body), str(body.get("title") or "")
    if not 1 <= len(title) <= LONGEST_SPACE:
        raise NoWay(f"a workspace's name has 1 to {LONGEST_SPACE} characters")
    return {"workspace_id": site.state.add_workspace(title, user.id).id}


async def _leave(site: Site, body: Json) -> Json:
    """leave {name, workspace?}"""
    user, space = person(site, body), space_of(site, body)
    if user.id not in space.members or user.id == space.owner_id:
        raise NoWay(f"{user.handle} can't leave {space.name}")
    leave(site.state.bots.values(), space, user.id)
    return {}


async def _review(site: Site, body: Json) -> Json:
    """review {bot_id | name, verdict: passed | rejected, reason?, connector_id?}"""
    bot, verdict, reason = agent(site, body), body.get("verdict"), str(body.get("reason") or "")
    if verdict not in ("passed", "rejected"):
        raise NoWay("verdict must be passed or rejected")
    waiting = [key for key, publication in bot.publications.items() if publication.state == "reviewing"]
    connector_id = str(body.get("connector_id") or next(iter(waiting), ""))
    if connector_id not in waiting:
        raise NoWay(f"“{bot.name}” is not in review")
    site.state.settle(bot, connector_id, str(verdict), reason)
    return {"bot_id": bot.id, "connector_id": connector_id}


async def _publish(site: Site, body: Json) -> Json:
    """publish {name, bot_id | agent, connectors?}: by hand, where any installed channel may be ticked alone."""
    user, bot = person(site, body), agent(site, {"bot_id": body.get("bot_id") or body.get("agent")})
    space = site.state.workspaces[bot.workspace_id]
    if user.id not in (bot.owner_id, space.owner_id):
        raise NoWay(f"{user.handle} may not publish “{bot.name}”")
    connectors = body.get("connectors") or [API, *space.connectors]
    if not isinstance(connectors, list) or not {str(key) for key in connectors} <= {API, "999", *space.connectors}:
        raise NoWay(f"{space.name} offers only {', '.join([API, '999', *space.connectors])}")
    version = site.state.publish(bot, user.id, [str(key) for key in connectors], str(body.get("changelog") or ""))
    for connector_id in version.connectors:
        review(site, bot, connector_id)
    return {"bot_id": bot.id, "version": version.version}


async def _agent_made(site: Site, body: Json) -> Json:
    """agent {name, title, workspace?}: a new draft, in the team's space where nothing else is said."""
    user, space, title = person(site, body), space_of(site, body), str(body.get("title") or "")
    if not 1 <= len(title) <= 20:
        raise NoWay("an agent's name has 1 to 20 characters")
    if user.id not in space.members:
        raise NoWay(f"{user.handle} is not in {space.name}")
    return {"bot_id": site.state.add_bot(title, space, user.id).id, "workspace_id": space.id}


async def _agent_deleted(site: Site, body: Json) -> Json:
    """delete {name, bot_id}: one's own agent; its channels hear of it."""
    user, bot = person(site, body), agent(site, {"bot_id": body.get("bot_id")})
    if user.id != bot.owner_id:
        raise NoWay(f"{user.handle} may not delete “{bot.name}”")
    del site.state.bots[bot.id]
    for connector_id in bot.publications:
        callbacks.tell_channel(site, bot, connector_id, "bot.deleted")
    return {"bot_id": bot.id}


async def _unpublish(site: Site, body: Json) -> Json:
    """unpublish {name, bot_id, connector_id?}: by hand; all channels unless one is named."""
    user, bot = person(site, body), agent(site, {"bot_id": body.get("bot_id")})
    if user.id not in (bot.owner_id, site.state.workspaces[bot.workspace_id].owner_id):
        raise NoWay(f"{user.handle} may not unpublish “{bot.name}”")
    wanted = [str(body["connector_id"])] if body.get("connector_id") else list(bot.publications)
    if not wanted or not bot.publications.keys() >= set(wanted):
        raise NoWay(f"“{bot.name}” is not published there")
    for connector_id in wanted:
        take_down(site, bot, connector_id)
    return {"bot_id": bot.id}


async def _settings(site: Site, body: Json) -> Json:
    """settings {status_mode?, invalid_token_code?, edit_delay?, sign_in_status?, sign_in_interval?, free_calls?,
    used_up_code?, callback_names?, callback_tries?, verification_signed?, audit_seconds?, late_verdict?,
    review_listed?}

    How this Coze behaves where its docs are silent.
    """
    mode, code = body.get("status_mode", site.status_mode), body.get("invalid_token_code", site.invalid_token_code)
    delay = body.get("edit_delay", site.edit_delay)
    if mode not in ("mapped", "always200"):
        raise NoWay("status_mode must be mapped or always200")
    if code not in (4100, 700012006):
        raise NoWay("invalid_token_code must be 4100 or 700012006")
    if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= LONGEST_EDIT:
        raise NoWay("edit_delay must be 0 to 5 seconds")
    status, interval = (body.get(name, getattr(site, name)) for name in ("sign_in_status", "sign_in_interval"))
    if status not in (200, 400):
        raise NoWay("sign_in_status must be 400 or 200")
    if type(interval) is not int or not 0 <= interval <= LONGEST_INTERVAL:
        raise NoWay("sign_in_interval must be 0 to 60 whole seconds")
    site.status_mode, site.invalid_token_code, site.edit_delay = mode, code, float(delay)
    site.sign_in_status, site.sign_in_interval = status, interval
    return {
        "status_mode": mode,
        "invalid_token_code": code,
        "edit_delay": delay,
        "sign_in_status": status,
        "sign_in_interval": interval,
        **_quota(site, body),
        **callbacks.change(site, body),
    }


def _quota(site: Site, body: Json) -> Json:
    """When a free account has no call left, and what it is answered then."""
    limit, code = (body.get(name, getattr(site, name)) for name in ("free_calls", "used_up_code"))
    if type(limit) is not int or limit < 0 or type(code) is not int or code == 0:
        raise NoWay("free_calls must be a whole number from 0 on, used_up_code a code")
    site.free_calls, site.used_up_code = limit, code
    return {"free_calls": limit, "used_up_code": code}


async def _channel(site: Site, body: Json) -> Json:
    """channel {callback_url, connector_id?}: set the channel's callback address; null takes it away, true is the
    main app's.
    """
    channels = site.state.channels
    channel = channels.get(str(body.get("connector_id") or next(iter(channels), "")))
    if channel is None:
        raise NoWay("there is no such channel")
    url = body.get("callback_url") or None
    url = site.state.callback_url if url is True else url
    if url is not None and not await callbacks.verify_callback(site, channel, str(url)):
        raise NoWay("the callback address did not echo the challenge")
    channel.callback_url = None if url is None else str(url)
    return {"connector_id": channel.id}


async def _install(site: Site, body: Json) -> Json:
    """install {name, installed?: bool, workspace?, connector_id?}: the owner puts a channel into a space, or out."""
    user, space, channels = person(site, body), space_of(site, body), site.state.channels
    channel = channels.get(str(body.get("connector_id") or next(iter(channels), "")))
    if channel is None:
        raise NoWay("there is no such channel")
    if space.members.get(user.id) not in ("owner", "admin"):
        raise NoWay(f"{user.handle} may not change the channels of {space.name}")
    (space.connectors.add if body.get("installed", True) else space.connectors.discard)(channel.id)
    return {"workspace_id": space.id, "connectors": sorted(space.connectors)}


ACTS: dict[str, Callable[[Site, Json], Awaitable[Json]]] = {
    "user": _user,
    "invite": _invite,
    "workspace": _workspace,
    "leave": _leave,
    "review": _review,
    "publish": _publish,
    "token": access.make_token,
    "revoke": access.revoke_token,
    "oauth_app": access.change_app,
    "sign_in": consent.sign_in,
    "agent": _agent_made,
    "delete": _agent_deleted,
    "unpublish": _unpublish,
    "settings": _settings,
    "channel": _channel,
    "callback": callbacks.bring_again,
    "install": _install,
}


def actions(site: Site) -> list[Json]:
    """What people can do now. `parameters` is a body that works as it stands; `ask` names what may be filled in."""
    state = site.state
    found: list[Json] = []
    for space in state.workspaces.values():
        for user_id in space.invitations:
            found += _invitation_actions(state.users[user_id], space)
    for bot in state.bots.values():
        found += _bot_actions(site, bot)
    for asked in state.sign_ins.open(state.now()):
        for user in state.users.values():
            found += _sign_in_actions(user, asked, state.apps[asked.app_id].name)
    for app in state.apps.values():
        found += _app_actions(site, app) if app.has_sign_in else []
    for user in state.users.values():
        label = {"zh": f"{user.name}：新建访问令牌", "en": f"{user.name}: create an access token"}
        found.append(_action("token", "token", {"name": user.handle, "days": 30}, label, ["days", "permissions"]))
    return found


def _invitation_actions(user: User, space: Workspace) -> list[Json]:
    accept = {
        "zh": f"{user.name}：接受「{space.name}」的邀请",
        "en": f"{user.name}: accept {space.name}'s invitation",
    }
    decline = {
        "zh": f"{user.name}：拒绝「{space.name}」的邀请",
        "en": f"{user.name}: decline {space.name}'s invitation",
    }
    return [
        _action("accept", "user", {"name": user.handle, "accept_invitation": space.id}, accept),
        _action("decline", "user", {"name": user.handle, "decline_invitation": space.id}, decline),
    ]


def _sign_in_actions(user: User, asked: SignIn, app: str) -> list[Json]:
    """Whoever opens the page may answer, as anybody can be handed the link."""
    which = {"user_code": asked.user_code} if asked.user_code else {"authorize_key": asked.key}
    about = f" ({asked.user_code})" if asked.user_code else ""
    allow = {"zh": f"{user.name}：授权「{app}」{about}", "en": f"{user.name}: authorise {app}{about}"}
    refuse = {"zh": f"{user.name}：拒绝「{app}」{about}", "en": f"{user.name}: refuse {app}{about}"}
    given = {"name": user.handle, **which}
    return [
        _action("sign_in", "sign_in", {**given, "approve": True}, allow),
        _action("sign_in_refuse", "sign_in", {**given, "approve": False}, refuse),
    ]


def _app_actions(site: Site, app: OAuthApp) -> list[Json]:
    """Who has signed in may take it back; the owner switches the app off and on."""
    owner, found = site.state.users[app.owner_id], []
    for user in (site.state.users[user_id] for user_id in app.authorised):
        label = {"zh": f"{user.name}：撤销对「{app.name}」的授权", "en": f"{user.name}: withdraw from {app.name}"}
        given = {"name": user.handle, "client_id": app.id, "authorise": False}
        found.append(_action("withdraw", "oauth_app", given, label))
    words = ("停用", "switch off") if app.enabled else ("启用", "switch on")
    switch = {"zh": f"{owner.name}：{words[0]}「{app.name}」", "en": f"{owner.name}: {words[1]} {app.name}"}
    given = {"name": owner.handle, "client_id": app.id, "enabled": not app.enabled}
    return [*found, _action("switch_app", "oauth_app", given, switch)]


def _bot_actions(site: Site, bot: Bot) -> list[Json]:
    """Review what is in review; publish by hand what its space can publish."""
    space, author, found = site.state.workspaces[bot.workspace_id], site.state.users[bot.owner_id], []
    if any(publication.state == "reviewing" for publication in bot.publications.values()):
        passed = {"zh": f"审核通过「{bot.name}」", "en": f"Review: pass “{bot.name}”"}
        rejected = {"zh": f"审核不通过「{bot.name}」", "en": f"Review: reject “{bot.name}”"}
        found.append(_action("pass", "review", {"bot_id": bot.id, "verdict": "passed"}, passed))
        found.append(_action("reject", "review", {"bot_id": bot.id, "verdict": "rejected"}, rejected, ["reason"]))
    else:
        by_hand = {
            "zh": f"{author.name}：手动发布「{bot.name}」",
            "en": f"{author.name}: publish “{bot.name}” by hand",
        }
        parameters = {"name": author.handle, "bot_id": bot.id, "connectors": [API, *space.connectors]}
        found.append(_action("publish", "publish", parameters, by_hand))
    return found


def _action(name: str, path: str, parameters: Json, label: Json, ask: list[str] | None = None) -> Json:
    return {"name": name, "path": path, "parameters": parameters, "label": label, "ask": ask or []}


def _invited(site: Site, user: User, which: Any) -> Workspace:
    """The workspace whose invitation is open; `which` is True for the only or oldest one, else id or name."""
    for space in site.state.workspaces.values():
        if user.id in space.invitations and which in (True, space.id, space.name):
            return space
    raise NoWay(f"{user.handle} has no such open invitation")
