"""Addresses of Coze's own pages."""

from urllib.parse import urlsplit

DOMAINS = ("coze.cn", "coze.com")


def workspace_url(base_url: str, workspace_id: str | None) -> str:
    """The page of a workspace on the site that belongs to this API, or the one where people begin."""
    site = "https://www.coze.com" if base_url.endswith("coze.com") else "https://www.coze.cn"
    return f"{site}/space/{workspace_id}/develop" if workspace_id else f"{site}/home"


def is_coze_page(url: str, base_url: str) -> bool:
    """Whether people may be sent there: https on coze.cn or coze.com, or where the API itself is on this machine."""
    try:
        page, api = urlsplit(url), urlsplit(base_url)
        host, plain = page.hostname or "", not (page.username or page.password or page.port)
    except ValueError:
        return False
    if (page.scheme, page.netloc) == (api.scheme, api.netloc):
        return True
    return page.scheme == "https" and plain and any(host == each or host.endswith(f".{each}") for each in DOMAINS)
