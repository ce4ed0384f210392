"""The page's own line icons: one hidden sprite, used by name."""

import htpy
from markupsafe import Markup

SPRITE = Markup(
    """<svg hidden>
<symbol id="i-glasses" viewBox="0 0 24 24"><circle cx="6.5" cy="13.5" r="4"/><circle cx="17.5" cy="13.5" r="4"/>\
<path d="M10.5 12.8c1-.7 2-.7 3 0M2.6 12.5 4 7.5M21.4 12.5 20 7.5"/></symbol>
<symbol id="i-home" viewBox="0 0 16 16"><path d="M2.5 7 8 2.5 13.5 7v6.5h-4V10h-3v3.5h-4z"/></symbol>
<symbol id="i-hash" viewBox="0 0 16 16"><path d="M6.5 2.5 5 13.5M11 2.5 9.5 13.5M3 6h10.5M2.5 10H13"/></symbol>
<symbol id="i-lock" viewBox="0 0 16 16"><path d="M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2"/></symbol>
<symbol id="i-eye" viewBox="0 0 16 16"><path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Z"/>\
<circle cx="8" cy="8" r="2"/></symbol>
<symbol id="i-clock" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.5 1.5"/></symbol>
<symbol id="i-globe" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6"/>\
<path d="M2 8h12M8 2c4 4 4 8 0 12M8 2c-4 4-4 8 0 12"/></symbol>
<symbol id="i-panel" viewBox="0 0 16 16"><path d="M2 3h12v10H2zM2 9h12"/></symbol>
<symbol id="i-theme" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6"/>\
<path d="M8 2v12a6 6 0 0 0 0-12Z" fill="currentColor"/></symbol>
<symbol id="i-sun" viewBox="0 0 16 16"><circle cx="8" cy="8" r="3"/>\
<path d="M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7"/></symbol>
<symbol id="i-moon" viewBox="0 0 16 16"><path d="M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5Z"/></symbol>
<symbol id="i-reset" viewBox="0 0 16 16"><path d="M3 8a5 5 0 1 0 1.5-3.5L3 6M3 2.5V6h3.5"/></symbol>
<symbol id="i-x" viewBox="0 0 16 16"><path d="m4 4 8 8M12 4l-8 8"/></symbol>
<symbol id="i-warn" viewBox="0 0 16 16"><path d="M8 2 14.5 13.5h-13zM8 6.5V9.5M8 11.5v.1"/></symbol>
<symbol id="i-info" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6"/><path d="M8 7.3v3.4M8 5.2v.1"/></symbol>
<symbol id="i-done" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6"/><path d="m5.3 8.2 2 2 3.5-4"/></symbol>
<symbol id="i-send" viewBox="0 0 16 16"><path d="M8 13V3M4 7l4-4 4 4"/></symbol>
<symbol id="i-down" viewBox="0 0 16 16"><path d="M8 3v10M4 9l4 4 4-4"/></symbol>
<symbol id="i-clip" viewBox="0 0 16 16"><path d="m13 7.5-5.3 5.3a3.2 3.2 0 0 1-4.5-4.5l5.6-5.6\
a2.1 2.1 0 0 1 3 3L6.3 11.2a1 1 0 0 1-1.5-1.5L9.6 5"/></symbol>
<symbol id="i-menu" viewBox="0 0 16 16"><path d="M2.5 5h11M2.5 11h11"/></symbol>
<symbol id="i-more" viewBox="0 0 16 16"><path d="M3 8h.01M8 8h.01M13 8h.01" stroke-width="2.2"/></symbol>
<symbol id="i-out" viewBox="0 0 16 16"><path d="M6 3.5H3.5v9h9V10M9 3h4v4M13 3 7.5 8.5"/></symbol>
<symbol id="i-bolt" viewBox="0 0 16 16"><path d="M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z"/></symbol>
<symbol id="i-file" viewBox="0 0 16 16"><path d="M4 1.5h5l3.5 3.5v9.5h-8.5zM9 1.5V5h3.5"/></symbol>
<symbol id="i-copy" viewBox="0 0 16 16"><path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"/></symbol>
</svg>"""
)


def icon(name: str) -> htpy.Element:
    """An icon of the sprite; decoration only, so hidden from screen readers."""
    return htpy.svg(".i", aria_hidden="true")[htpy.use(href=f"#i-{name}")]
