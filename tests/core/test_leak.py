"""What counts as a secret, in whichever shape it is typed, and what does not."""

import base64
import random
import string
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from bot.core.leak import SecretKind, masked, may_be_secret, secret_kind

DICE = random.Random(7)  # noqa: S311 (no secrets, but as long and as mixed)


def letters(count: int) -> str:
    """As Coze and others make tokens."""
    return "".join(DICE.choice(string.ascii_letters + string.digits) for _ in range(count))


def cut(text: str, length: int, sign: str) -> str:
    """The same with something in between."""
    return sign.join(text[start : start + length] for start in range(0, len(text), length))


def wide(text: str) -> str:
    """In full-width letters."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, *, old: bool = False) -> str:
    """A private key as files hold it."""
    form = serialization.PrivateFormat.TraditionalOpenSSL if old else serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


RSA, CURVE = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
PKCS8, PKCS1 = pem(RSA), pem(RSA, old=True)
SMALL = [pem(CURVE), pem(CURVE, old=True), pem(ed25519.Ed25519PrivateKey.generate())]
PUBLIC = (
    RSA.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
SSH = RSA.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
TOKEN = f"pat_{letters(64)}"
CLAIMS = base64.urlsafe_b64encode(b'{"iss": "1178531043225", "exp": 1796180700}').decode().rstrip("=")
JWT = f"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.{CLAIMS}.{letters(86)}"
SPACED = base64.urlsafe_b64encode(b'{\n  "alg": "RS256",\n  "typ": "JWT"}').decode().rstrip("=")


def body(text: str) -> str:
    """Without the first and the last line."""
    return "".join(text.splitlines()[1:-1])


SECRETS: list[tuple[SecretKind, str]] = [
    ("token", TOKEN),
    ("token", f"my token is {TOKEN}, why?"),
    *(
        ("token", cut(TOKEN, length, sign))
        for length, sign in ((8, " "), (10, "\n"), (1, " "), (1, "\u200b"), (9, "\u3000"))
    ),
    ("token", cut(TOKEN, 4, "-")),
    ("token", cut(TOKEN, 12, "\\n")),
    ("token", wide(TOKEN)),
    ("token", TOKEN.replace("_", "%5F")),
    ("token", "".join(f"%{ord(sign):02X}" for sign in TOKEN)),
    ("token", f"Authorization: Bearer {TOKEN}"),
    ("token", f"https://x.example/?token={TOKEN}"),
    *(("token", f"{prefix}_{letters(64)}") for prefix in ("sat", "czs", "czu")),
    *(("key", text) for text in (PKCS8, PKCS1, body(PKCS8), body(PKCS1), *SMALL, *map(body, SMALL))),
    ("key", PKCS8.replace("\n", "\\n")),
    ("key", " ".join(PKCS8.split())),
    ("key", "\n".join(PKCS8.splitlines()[8:-3])),
    ("key", base64.b64encode(PKCS8.encode()).decode()),
    ("key", PUBLIC + PKCS8),
    ("key", f"{TOKEN}\n-----BEGIN RSA PRIVATE KEY-----\nMIIE"),
    ("key", "\u2014BEGIN PRIVATE KEY\u2014"),
    ("key", "-----BEGIN ENCRYPTED PRIVATE KEY-----"),
    ("assertion", JWT),
    ("assertion", JWT.rpartition(".")[0]),
    ("assertion", cut(JWT, 9, " ")),
    ("assertion", f"Bearer {JWT}"),
    ("assertion", f"{SPACED}.{CLAIMS}.{letters(86)}"),
    ("other", PKCS8.splitlines()[9]),
    ("other", letters(64)),
    ("other", f"Bearer {letters(32)}"),
    ("other", f"refresh_token: {letters(40)}"),
    ("other", f'"refresh_token":"{letters(24)}"'),
    ("other", "xoxb-123456789012-1234567890123-AbCdEfGhIjKl"),
    ("other", "xoxb-123456789-abc"),
    ("other", "xapp-1-A012ABC-123456-abcdef"),
    ("other", wide("xoxe.xoxp-1-Mi0yLTk4NzY1")),
    ("other", "https://hooks.slack.com/services/T000/B000/XXXXXXXX"),
    ("link", f"https://bot.example/once/{letters(43)}"),
]

PLAIN = [
    "我想给博物馆做讲解，一个小助手，给参观的人用",
    "what is a pat_ token?",
    "pat_…",
    "My pat_ token we made in 2026 for the museum guide and all its visitors, thanks",
    "k" * 43,
    letters(43),  # a key's fingerprint is no secret
    "https://www.coze.cn/space/7530412083311050033/bot/7530412083311050034?from=explore",
    "log id 2025110522060859DE7DB648C2DCC379B3",
    " ".join(["uid 7530412083311050033 agent 7530412083311050034"] * 4),
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----",
    PUBLIC,
    body(PUBLIC),
    SSH,
    "how do I begin private key creation?",
    "xoxo-hugs-and-kisses",
    "The bearer of this certificate is Mei, member since 2026-01-01",
    "API key: where do I find it in 2026? https://www.coze.cn/open/oauth/pats",
    "access token expired on 2026-12-01T23:59:59Z please help",
    "550e8400-e29b-41d4-a716-446655440000",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "https://docs.google.com/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit",
    "getMetadata, listBot, publish, listWorkspace, chat, getChat, listMessage",
    "a network framework viewer. Everything new overlaps everybody. Renewals overview",
    "100% sure: 50%25 off, 20%",
    " ".join(f"Li Na {number} Wang Wu {number} Xu" for number in range(20)),
]


@pytest.mark.parametrize(("kind", "text"), SECRETS, ids=range(len(SECRETS)))
def test_a_secret_is_known_in_any_shape(kind: SecretKind, text: str) -> None:
    assert secret_kind(text) == kind
    assert secret_kind(f"看看这个：{text} 谢谢") == kind
    assert masked(text) == "…"


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_words_are_none(text: str) -> None:
    assert secret_kind(text) is None
    assert masked(text) == text


def test_whatever_the_letters() -> None:
    """Each of a thousand tokens is known when its words are torn apart too."""
    for _ in range(1000):
        token = f"pat_{letters(64)}"
        assert secret_kind(cut(token, DICE.randint(1, 15), " ")) == "token", token


def test_what_is_not_repeated() -> None:
    """More than what is surely a secret: the beginning of one, and letters that make no word."""
    assert [may_be_secret(text) for text in ("stauts", "internationalization", "hello2026world", "小助手")] == [
        False
    ] * 4
    beginnings = ("pat_abc", PKCS8.splitlines()[1][:22], letters(28), "eyJhbGciOi")
    assert [may_be_secret(text) for text in beginnings] == [True] * 4


@pytest.mark.parametrize(
    "part", ["eyJ", "eyJaaaaaaaa.", "pat_", "M", "aB1", "-", "--BEGIN ", " ", "bearer ", "api_key"]
)
def test_no_hostile_text_takes_long(part: str) -> None:
    """The time does not grow with the square of the length."""
    text = part * (40_000 // len(part))
    began = time.process_time()
    secret_kind(text)
    assert time.process_time() - began < 1.5


def test_hardly_a_line_of_a_key_is_missed() -> None:
    """Whatever its letters: of 3,000 lines of a key, and as many tokens without their prefix, two in a thousand."""
    lines = [base64.b64encode(DICE.randbytes(48)).decode() for _ in range(3000)]
    for texts in (lines, [letters(64) for _ in range(3000)]):
        assert sum(secret_kind(text) is None for text in texts) <= 6
