"""What is wrong with one field of a form: the table from code to sentence, the same for every form."""

from collections.abc import Mapping

from bot.core.errors import Problem
from bot.texts.keys import refusal
from bot.texts.locale import Locale, error_help, mark

SENTENCES: Mapping[str, str] = {
    "empty": mark("Please fill this in."),
    "too_short": mark("A few more words, please."),
    "too_long": mark("Too long: {longest} characters at most."),
    "over_limit": mark("{longest} characters at most."),
    "too_many": mark("{most} at most, one a line."),
    # an account on Coze
    "email_not_id": mark("That is an e-mail address. Invitations go by user ID: only digits."),
    "not_uid": mark("A user ID is 6 to 24 digits and nothing else."),
    "not_email": mark("That isn't a whole e-mail address."),
    "unchanged": mark("That is the same ID as before. Please correct it."),
    "taken": mark(
        "This account is in somebody else's request. If it's yours, verify it with a token, and it counts as yours."
    ),
    "proven": mark(
        "Somebody else has verified that this account is theirs. Please check the digits, or enter your own."
    ),
    # what admins set
    "bad_admin_users": mark("Please pick people who aren't deputies (DEPUTY_USERS)."),
    "bad_may_ask": mark("Please enter IDs of user groups: they begin with S."),
    **dict.fromkeys(
        ("bad_remind_admins_hours", "bad_answer_hours", "bad_backup_hours"),
        mark("Please enter working hours: above 0, 10000 at most."),
    ),
    "bad_expire_days": mark("Please enter days: above 0, 1000 at most."),
    **dict.fromkeys(
        ("bad_remind_days", "bad_remind_days_long", "bad_remind_days_owner", "bad_remind_days_key"),
        mark("Up to 10 different numbers of days from 0 to 180, separated by commas, with 1 or 0 among them."),
    ),
    **dict.fromkeys(("bad_announce_channel", "bad_review_channel"), mark("Please pick a channel.")),
    "bad_review_auto_approve": mark("User IDs of Coze (6 to 24 digits), separated by commas, or all."),
    "bad_welcome": mark("300 characters at most."),
    "bad_coze_labels": mark("Each line: the guide's label = today's, such as 添加=新增; up to 30, each label once."),
    "no_such_label": mark("The guide has no label “{label}”. All of them stand above: please copy one."),
    # handing a request on
    "own": mark("It is this person's own request. Please pick another admin."),
    "not_admin": mark("This person isn't an admin today. Please pick one who is."),
    # a token and its end
    "name_taken": mark("Another token of yours has this name. “{free}” is free."),
    "not_last4": mark("Exactly 4 letters or digits, and never the whole token."),
    "future": mark("This is in the future. When was the token made?"),
    "past": mark("With these dates it has already expired. Please check the choice and the dates."),
    "too_far": mark("That is more than a year. Please check the date."),
    "not_30_days": mark(
        "You chose “30 days”, but this date is a different one. Choose “Another date”, or clear the date."
    ),
    "not_1_day": mark(
        "You chose “1 day”, but this date is a different one. Choose “Another date”, or clear the date."
    ),
    "no_date": mark("“Another date” is chosen: please pick the day."),
    "not_old": mark("That's another token: its last 4 aren't those you recorded for the old one."),
    # a backup person
    "backup_self": mark("You get these reminders already. Please pick somebody else."),
    "backup_guest": mark("Guests can't be backup persons. Please pick a full member."),
    "backup_bot": mark("That is an app. Please pick a person."),
    "backup_stranger": mark("This person isn't of this workspace. Please pick a full member."),
    "backup_deactivated": mark("This person's Slack account is deactivated. Please pick somebody else."),
    "backup_named": mark("You've named this person already. Please pick somebody else, or leave it as it is."),
    # an OAuth app and what it signs
    "not_seats": mark("A number from 1 on, please."),
    "not_digits": mark("An app ID is only digits."),
    "not_kid": mark("A fingerprint is 43 letters, digits, - or _. Not the key text."),
    "assertion_only": mark("This goes with a signed assertion, but a token is entered above. Take one of them out."),
    "not_assertion": mark("That is a token. Paste the line that the script printed, which begins eyJ."),
    # an agent
    "not_agent": mark("That isn't an agent's page. It should look like https://www.coze.cn/space/123/bot/456"),
    "other_site": mark("That is a page of {other}. Here we work with {ours}; accounts and agents aren't shared."),
    # keeping a secret
    "not_agreed": mark("I can't store it unless you tick this."),
    "too_often": mark("Too many tries in a short time. Please wait ten minutes."),
    "not_offered": mark("This is switched off here; nothing was kept."),
    # quiet hours
    "no_time": mark("Please pick a time."),
    "no_hours": mark("Both times are the same. For no quiet hours at all choose “Remind me at any hour”."),
    # a freeze
    "over": mark("That time has passed. Until when should publishing be frozen?"),
    "too_long_frozen": mark("{days} days at most; it can be begun again."),
    # help with choosing a route
    "trial_for_others": mark("In 1 you say you're only testing, but others can't find a test agent. Change 1 or 2."),
}

HELP: Mapping[str, str] = {"not_token": "E4", "key_text": "E7"}
"""What is explained by the error help, by its key there."""


def sentence(problem: Problem, locale: Locale) -> str:
    """The sentence under the field."""
    if problem.code in SENTENCES:
        return locale._(SENTENCES[problem.code], **problem.values)
    if problem.code in HELP:
        return error_help(HELP[problem.code], locale).sentence(locale)
    if problem.code.startswith(("help:", "key:", "last4")):
        return refusal(problem.code, locale)
    return locale._("That can't be accepted. Please check it.")
