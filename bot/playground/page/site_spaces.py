"""Coze's website: notifications with invitations, workspaces with their members, the account's own setting."""

from collections.abc import Iterator

import htpy
from htpy import Node

from ..world.coze import User, Workspace
from .deed import button, choice, form, one_button, text_field
from .sight import Sight, copyable, fold, mark, section


def sections(sight: Sight, user: User) -> Iterator[htpy.Element]:
    """Which account it is, what it is asked, and where it belongs."""
    say = sight.say
    yield htpy.section[
        htpy.h3[say("coze.section.account")],
        say("coze.uid"),
        " ",
        copyable("coze-uid", user.id, say("coze.uid"), say),
    ]
    invited = [space for space in sight.coze.workspaces.values() if user.id in space.invitations]
    yield section(
        say("coze.section.invitations"),
        [_invitation(sight, user, space) for space in invited],
        empty=say("coze.empty.invitations"),
    )
    spaces = [*sight.spaces(user), *invited]
    shown = [_space(sight, user, space) for space in spaces]
    yield section(say("coze.section.spaces"), shown, _new(sight, user), _setting(sight, user))


def _invitation(sight: Sight, user: User, space: Workspace) -> Node:
    say, invitation = sight.say, space.invitations[user.id]
    asked = say("coze.invites", space=space.name)

    def answer(kind: str, look: str = "") -> Node:
        given = {"name": user.handle, f"{kind}_invitation": space.id}
        return one_button(f"coze-{kind}-{space.id}", "user", given, say(f"coze.do.{kind}"), asked, look)

    return [
        htpy.div[
            htpy.b[asked], htpy.small[say("coze.from", who=sight.name(invitation.by), time=sight.time(invitation.at))]
        ],
        htpy.div(".actions")[answer("decline"), answer("accept", "primary")],
    ]


def _space(sight: Sight, user: User, space: Workspace) -> Node:
    say, role = sight.say, space.members.get(user.id)
    about = say("coze.people", n=len(space.members))
    return [
        htpy.div[
            htpy.b[space.name],
            htpy.small[say(f"coze.role.{role}") if role else say("coze.outside"), " · ", about],
            role and htpy.small[copyable(f"coze-space-{space.id}", space.id, space.name, say)],
            fold(
                f"coze-members-{space.id}",
                say("coze.members"),
                htpy.ul(".members")[
                    [
                        htpy.li[sight.name(member), " ", htpy.small[say(f"coze.role.{part}")]]
                        for member, part in space.members.items()
                    ]
                ],
                role in ("owner", "admin") and not space.personal and _invite(sight, user, space),
                role == "member"
                and one_button(
                    f"coze-leave-{space.id}",
                    "leave",
                    {"name": user.handle, "workspace": space.id},
                    say("coze.do.leave"),
                    space.name,
                    "danger",
                ),
            )
            if role
            else None,
        ],
        mark(say("coze.joined"), "ok") if role else mark(say("coze.invited")),
    ]


def _invite(sight: Sight, user: User, space: Workspace) -> Node:
    """Inviting by hand; who is in the space already can't be chosen."""
    say, form_id = sight.say, f"coze-invite-{space.id}"
    known = {*space.members, *space.invitations}
    people = [(one.handle, sight.name(one.id), True) for one in sight.coze.users.values() if one.id not in known]
    if not people:
        return htpy.p(".small")[say("coze.nobody_left")]
    return form(
        form_id,
        "invite",
        {"name": user.handle, "workspace": space.id},
        choice(form_id, "text.user", say("coze.field.user"), people),
        button(form_id, say("coze.do.invite"), space.name),
    )


def _new(sight: Sight, user: User) -> Node:
    say, form_id = sight.say, "coze-workspace"
    return fold(
        "coze-new-workspace",
        say("coze.new.workspace"),
        form(
            form_id,
            "workspace",
            {"name": user.handle},
            text_field(form_id, "text.title", say("coze.field.title"), maxlength=50, required=True),
            button(form_id, say("coze.do.workspace"), say("coze.section.spaces")),
        ),
    )


def _setting(sight: Sight, user: User) -> Node:
    """The account's setting that keeps it out of other people's spaces."""
    say = sight.say
    given = {"name": user.handle, "refuses_invitations": not user.refuses_invitations}
    label = say("coze.do.allow" if user.refuses_invitations else "coze.do.refuse")
    state = say("coze.refuses" if user.refuses_invitations else "coze.allows")
    return htpy.div(".aside")[
        htpy.small[state], one_button("coze-setting", "user", given, label, say("coze.section.spaces"))
    ]
