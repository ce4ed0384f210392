"""Accounts, workspaces and members."""

from collections.abc import Iterable

from ..world.coze import Bot, Invitation, Json, Role, User, Workspace
from ..world.faults import CozeFault
from . import errors
from .api import Call, Operation
from .errors import ApiError

MOST_ADDED, MOST_REMOVED = 20, 5


def me(call: Call) -> Json:
    """GET /v1/users/me"""
    user = call.state.users[call.token.user_id]
    return {"user_id": user.id, "user_name": user.handle, "nick_name": user.name, "avatar_url": _avatar(user)}


def benefits(call: Call) -> Json:
    """GET /v1/commerce/benefit/benefits/get: the account's edition. How many calls are left nothing tells."""
    level = call.state.users[call.token.user_id].user_level
    if call.struck(CozeFault.EDITION_UNKNOWN):
        level = "unheard_of"
    return {"basic_info": {"user_level": level}}


def list_workspaces(call: Call) -> Json:
    """GET /v1/workspaces: all that the account has joined, whether or not the token reaches them.

    Who has signed in to an app sees what the app can reach.
    """
    if call.token.connector_id is not None:
        raise errors.missing_permission("listWorkspace")
    enterprise_id, user_id = call.query.get("enterprise_id"), call.token.user_id
    signed_in = call.token.kind == "user"
    spaces = [
        space
        for space in call.state.workspaces.values()
        if user_id in space.members
        and enterprise_id in (None, space.enterprise_id)
        and not (signed_in and not call.state.reaches(call.token, space))
    ]
    page = call.page(spaces, size=20, most=50)
    return {"total_count": len(spaces), "workspaces": [_workspace(space, user_id) for space in page]}


def list_members(call: Call) -> Json:
    """GET /v1/workspaces/:workspace_id/members: those who have joined."""
    space = call.workspace(call.path["workspace_id"])
    items = [_member(call.state.users[user_id], role) for user_id, role in space.members.items()]
    return {"total_count": len(items), "items": call.page(items, size=20, most=50)}


def add_members(call: Call) -> Json:
    """POST /v1/workspaces/:workspace_id/members: invitations in the personal edition, members in an enterprise."""
    space = _managed(call)
    users = _wanted(call)
    struck = call.struck(CozeFault.MEMBER_NOT_FOUND)
    _check_enterprise(call, space, [user_id for user_id, _ in users])
    lists: dict[str, list[str]] = {
        "added_success_user_ids": [],
        "invited_success_user_ids": [],
        "already_invited_user_ids": [],
        "already_joined_user_ids": [],
        "not_exist_user_ids": [],
    }
    for user_id, role in users:
        outcome = "not_exist_user_ids" if struck else _add(call, space, user_id, role)
        lists[outcome].append(user_id)
    call.state.changed()
    return lists


def remove_members(call: Call) -> Json:
    """DELETE /v1/workspaces/:workspace_id/members"""
    space = _managed(call)
    lists: dict[str, list[str]] = {
        "removed_success_user_ids": [],
        "not_in_workspace_user_ids": [],
        "owner_not_support_remove_user_ids": [],
    }
    for user_id in call.texts("user_ids", most=MOST_REMOVED):
        if user_id == space.owner_id:
            lists["owner_not_support_remove_user_ids"].append(user_id)
        elif user_id not in space.members:
            lists["not_in_workspace_user_ids"].append(user_id)
        else:
            leave(call.state.bots.values(), space, user_id)
            lists["removed_success_user_ids"].append(user_id)
    call.state.changed()
    return lists


def add_enterprise_people(call: Call) -> None:
    """POST /v1/enterprises/:enterprise_id/members: one person a call."""
    enterprise = call.state.enterprises.get(call.path["enterprise_id"])
    if enterprise is None or call.token.user_id not in enterprise.people:
        raise errors.missing_permission("Enterprise.batchAddPeople", f"enterprise_id={call.path['enterprise_id']}")
    users = call.body.get("users")
    if not isinstance(users, list) or len(users) != 1 or not isinstance(users[0], dict):
        raise errors.bad_parameter("users", "must name one user")
    user_id = users[0].get("user_id")
    if not isinstance(user_id, str) or user_id not in call.state.users:
        raise errors.not_found(f"user_id={user_id}")
    if user_id in enterprise.people:
        raise ApiError(4201, "The enterprise member already exists.")
    enterprise.people.add(user_id)
    call.state.changed()


def leave(bots: Iterable[Bot], space: Workspace, user_id: str) -> None:
    """Take somebody out; what they made here passes to the owner of the space."""
    del space.members[user_id]
    for bot in bots:
        if bot.workspace_id == space.id and bot.owner_id == user_id:
            bot.owner_id = space.owner_id


def _managed(call: Call) -> Workspace:
    """The workspace, if the caller is one of those who may change its members."""
    space = call.workspace(call.path["workspace_id"])
    if space.members.get(call.token.user_id) not in ("owner", "admin"):
        raise errors.missing_permission(call.operation.permission or "", f"space_id={space.id}")
    return space


def _wanted(call: Call) -> list[tuple[str, Role]]:
    """Who shall be added in which role. Raises 4000."""
    users = call.body.get("users")
    if not isinstance(users, list) or not 1 <= len(users) <= MOST_ADDED:
        raise errors.bad_parameter("users", f"must name 1 to {MOST_ADDED} users")
    return [_one_wanted(user) for user in users]


def _one_wanted(user: object) -> tuple[str, Role]:
    if not isinstance(user, dict) or not isinstance(user.get("user_id"), str):
        raise errors.bad_parameter("users.user_id")
    if user.get("role_type") == "admin":
        return user["user_id"], "admin"
    if user.get("role_type") == "member":
        return user["user_id"], "member"
    raise errors.bad_parameter("users.role_type")


def _check_enterprise(call: Call, space: Workspace, user_ids: list[str]) -> None:
    """The whole call fails when one of them can't come in."""
    if space.enterprise_id:
        people = call.state.enterprises[space.enterprise_id].people
        if any(user_id in call.state.users and user_id not in people for user_id in user_ids):
            raise ApiError(702042162, "The user is not in the enterprise.")
    newcomers = {user_id for user_id in user_ids if user_id in call.state.users and user_id not in space.members}
    if len(space.members) + len(newcomers) > space.capacity:
        raise ApiError(702042018, "The number of members in the workspace has reached the upper limit.")
    if any(call.state.users[user_id].refuses_invitations for user_id in newcomers):
        raise ApiError(4000, "The user does not allow joining external workspaces.")


def _add(call: Call, space: Workspace, user_id: str, role: Role) -> str:
    """Add or invite one person; answers which list they belong to."""
    if user_id not in call.state.users:
        return "not_exist_user_ids"
    if user_id in space.members:
        return "already_joined_user_ids"
    if space.enterprise_id:
        space.members[user_id] = role
        return "added_success_user_ids"
    if user_id in space.invitations:
        return "already_invited_user_ids"
    space.invitations[user_id] = Invitation(role, call.token.user_id, call.state.now())
    return "invited_success_user_ids"


def _workspace(space: Workspace, user_id: str) -> Json:
    return {
        "id": space.id,
        "name": space.name,
        "icon_url": "",
        "role_type": space.members[user_id],
        "workspace_type": "personal" if space.personal else "team",
        "enterprise_id": space.enterprise_id,
        "joined_status": "joined",
        "owner_uid": space.owner_id,
        "admin_uids": [member for member, role in space.members.items() if role == "admin"],
        "description": "",
    }


def _member(user: User, role: Role) -> Json:
    return {
        "user_id": user.id,
        "role_type": role,
        "user_nickname": user.name,
        "user_unique_name": user.handle,
        "avatar_url": _avatar(user),
    }


def _avatar(user: User) -> str:
    return f"https://lf3-static.coze.cn/avatar/{user.id}.png"


OPERATIONS = [
    Operation("GET", "/v1/users/me", None, me),
    Operation("GET", "/v1/commerce/benefit/benefits/get", "getBenefit", benefits),
    Operation("GET", "/v1/workspaces", "listWorkspace", list_workspaces),
    Operation("GET", "/v1/workspaces/{workspace_id}/members", "readMember", list_members),
    Operation("POST", "/v1/workspaces/{workspace_id}/members", "addMember", add_members),
    Operation("DELETE", "/v1/workspaces/{workspace_id}/members", "removeMember", remove_members),
    Operation("POST", "/v1/enterprises/{enterprise_id}/members", "Enterprise.batchAddPeople", add_enterprise_people),
]
