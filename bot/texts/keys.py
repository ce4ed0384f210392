"""What is wrong with a token or key that was handed over, in one sentence for its owner."""

from .locale import Locale, error_help, mark

_SENTENCES = {
    "empty": mark("Please fill this in."),
    "too_long": mark("This is too long for a key of Coze. Take the private_key.pem alone."),
    "token": mark("This is a token, not a key. The content of private_key.pem is needed."),
    "assertion": mark("This is a signed assertion. The key that signed it is needed: private_key.pem."),
    "fingerprint": mark("This is the fingerprint. Here the key itself is needed: the content of private_key.pem."),
    "no_frame": mark("The first and last lines are missing: copy all of the file, with BEGIN and END."),
    "not_pem": mark("This is no key. Open private_key.pem in a text editor and copy all of it."),
    "several": mark("There is more than one block. Paste the private key alone."),
    "public_key": mark("This is the public key. The private one is needed: private_key.pem."),
    "certificate": mark("This is a certificate. The private key is needed: private_key.pem."),
    "encrypted": mark("This key has a password. Take the file just as Coze gave it."),
    "openssh": mark("This is an SSH key. Take the private_key.pem that Coze gave."),
    "other_kind": mark("This isn't an RSA key. Take the private_key.pem that Coze gave."),
    "cut_off": mark("The key isn't complete. Copy the file from its first line to its last."),
    "damaged": mark("The key is damaged. Copy the file again, all of it and nothing else."),
    "too_small": mark("This key is too short to be safe (less than 2048 bits). Make one in Coze."),
    "too_big": mark("This key is longer than Coze's (more than 4096 bits). Take the file that Coze gave."),
    "exponent": mark("This is an unusual RSA key. Take the private_key.pem that Coze gave."),
    "too_slow": mark("This key can't be checked. Take the private_key.pem that Coze gave."),
}


def key_problem(reason: str, locale: Locale) -> str:
    """The sentence for what is wrong with a key (`bot.coze.keys.Reason`); it never quotes it."""
    return locale._(_SENTENCES[reason])


def refusal(problem: str, locale: Locale) -> str:
    """Why nothing was kept (`secret_store.Useless`): `key:<reason>`, `help:<E…>`, `last4`, or gone."""
    kind, _, name = problem.partition(":")
    if kind == "key":
        return key_problem(name, locale)
    if kind == "help":
        return error_help(name, locale).sentence(locale)
    if problem == "last4":
        return locale._("Its last 4 characters aren't those that you recorded. Enter that token, or record this one.")
    return locale._("What this page was for isn't there any more. Please start again in Slack.")
