"""How Coze says no. Codes and texts follow its documentation and what clients have quoted from it.

Texts that nobody has documented are this emulator's own; clients must branch on the code.
"""

TOKEN_PAGE = "https://coze.cn/open/oauth/pats"  # noqa: S105 (an address)

HTTP_STATUS = {4000: 400, 4100: 401, 4101: 403, 4200: 404, 4013: 429, 4020: 429, 5000: 500, 700012006: 401}
"""What SDKs take to belong together; the documentation doesn't say, hence the platform's two modes."""


class ApiError(Exception):
    """An answer with a code other than 0, in the usual envelope."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message

    @property
    def http_status(self) -> int:
        """The status in the mode that uses HTTP's statuses."""
        return HTTP_STATUS.get(self.code, 400)


class OAuthError(Exception):
    """An answer of the OAuth endpoints: bare, without envelope."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    @property
    def content(self) -> dict[str, str]:
        """The body, under both pairs of names: clients of Coze's own read the one or the other."""
        return {
            "error_code": self.code,
            "error_message": self.message,
            "error": self.code,
            "error_description": self.message,
        }


def invalid_request(parameter: str) -> OAuthError:
    """A parameter of a call for a token or a code is missing or no good."""
    return OAuthError(400, "invalid_request", f"invalid request: {parameter}")


def deactivated(app: str, status: int = 403) -> OAuthError:
    """The app is switched off."""
    return OAuthError(status, "access_deny", f"app: {app} is currently deactivated by the owner")


def invalid_token() -> ApiError:
    """Missing, mistyped, expired and revoked look the same."""
    return ApiError(4100, "authentication is invalid")


def incorrect_token() -> ApiError:
    """What a token of the other host (coze.com) gets."""
    return ApiError(
        4100,
        "The token you entered is incorrect. Please check the token and the host you are calling: "
        "tokens of coze.cn and coze.com are not interchangeable.",
    )


def missing_permission(key: str, resource: str = "") -> ApiError:
    """The token lacks the permission `key`, or does not reach `resource` ("space_id=…")."""
    what = f"{resource} {key}" if resource else key
    return ApiError(
        4101,
        f"Your token does not have permission to access {what}. Please verify whether the resource ID or token is "
        f"correct, and ensure that the necessary permissions are enabled at {TOKEN_PAGE}.",
    )


def not_found(what: str) -> ApiError:
    """`what`: "bot_id=…"."""
    return ApiError(4200, f"The requested resource {what} does not exist or you do not have access to it.")


def bad_parameter(name: str, why: str = "") -> ApiError:
    """A missing or malformed parameter."""
    return ApiError(4000, f"Request parameter error: {name}{' ' + why if why else ''}. Please check the parameters.")


def not_published(bot_id: str) -> ApiError:
    """The agent is not on the API channel."""
    return ApiError(4015, f"The bot_id {bot_id} has not been published to the channel Agent As API.")
