"""What admins change while the bot runs, laid over the settings that it has started with, by the same checks."""

from collections.abc import Mapping

from . import Settings, channel, checked, running, values


def laid_over(settings: Settings, changes: Mapping[str, str]) -> tuple[Settings, dict[str, str]]:
    """What admins have changed, written as in the environment, over what the bot has started with; an empty value is
    as if there were none. And what is wrong with a change, by its name: that one is left out.

    Whom ADMIN_USERS names stays, whatever is added.
    """
    changed, problems = checked(values.trimmed(changes))
    update = {name: getattr(changed, name) for name in changes if name not in problems}
    if set(update.get("admin_users", ())) & set(settings.deputy_users):
        problems["admin_users"] = "names somebody whom DEPUTY_USERS names: a deputy decides where no admin can."
        del update["admin_users"]
    update["admin_users"] = running.joined(settings.admin_users, update.get("admin_users", ()))
    laid = settings.model_copy(update=update)
    desk = channel.problems({name: getattr(laid, name) for name in Settings.model_fields})
    if at_odds := {name: problem for name, problem in desk if name in changes}:
        rest = {name: each for name, each in changes.items() if name not in at_odds}
        laid, more = laid_over(settings, rest)
        problems |= at_odds | more
    return laid, problems
