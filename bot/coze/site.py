"""Addresses of Coze's own pages."""


def workspace_url(base_url: str, workspace_id: str | None) -> str:
    """The page of a workspace on the site that belongs to this API, or its front page."""
    site = "https://www.coze.com" if base_url.endswith("coze.com") else "https://www.coze.cn"
    return f"{site}/space/{workspace_id}/develop" if workspace_id else site
