"""A string that hides itself."""

import hmac
from typing import Any, NoReturn


class Secret:
    """A token or key. Shows only stars, can't be pickled, and gives itself away by `reveal()` alone."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself: for the header or the cipher, never for a log, message or URL."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('********')"

    def __str__(self) -> str:
        return "********"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(_bytes(self._value), _bytes(other._value))

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a Secret can't be pickled or copied")


def _bytes(value: str) -> bytes:
    """For a comparison in constant time, which takes non-ASCII text only as bytes."""
    return value.encode("utf-8", "surrogatepass")
