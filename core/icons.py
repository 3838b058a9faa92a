"""Every icon of the product, drawn on a 20 × 20 grid with one stroke. Words always stand beside one."""

from functools import cache

from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "answer": '<path d="M8 5 3.5 9.5 8 14M3.5 9.5H12a5 5 0 0 1 5 5v1.5"/>',
    "arrow": '<path d="M3.5 10h13M11.5 5l5 5-5 5"/>',
    "bell": '<path d="M5 13.5V9a5 5 0 0 1 10 0v4.5l1.5 1.5h-13zM8.5 17.5h3"/>',
    "calendar": '<path d="M3 5h14v12H3zM3 9h14M7 3v3M13 3v3"/>',
    "chain": '<circle cx="4.5" cy="10" r="2.5"/><circle cx="15.5" cy="10" r="2.5"/><path d="M7 10h6"/>',
    "check": '<path d="m4 10.5 4 4 8-9"/>',
    "chevron": '<path d="m7.5 4.5 5.5 5.5-5.5 5.5"/>',
    "clock": '<circle cx="10" cy="10" r="7.5"/><path d="M10 5.5V10l3 2"/>',
    "close": '<path d="m5 5 10 10M15 5 5 15"/>',
    "down": '<path d="m4.5 7.5 5.5 5.5 5.5-5.5"/>',
    "download": '<path d="M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13"/>',
    "eye": '<path d="M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10z"/>'
    '<circle cx="10" cy="10" r="2.5"/>',
    "file": '<path d="M5 2.5h6.5L15.5 6.5v11H5z"/><path d="M11 2.5V7h4.5M7.5 10.5h5M7.5 13.5h5"/>',
    "globe": '<circle cx="10" cy="10" r="7.5"/><path d="M2.5 10h15M10 2.5c2.5 2.2 3.2 4.8 3.2 7.5'
    's-.7 5.3-3.2 7.5c-2.5-2.2-3.2-4.8-3.2-7.5S7.5 4.7 10 2.5z"/>',
    "help": '<circle cx="10" cy="10" r="7.5"/><path d="M10 5v6.5M10 14.3v.2"/>',
    "history": '<path d="M3.5 10A6.5 6.5 0 1 0 5.5 5.3L3.5 7.2M3.5 3.5v3.7h3.7M10 6.5V10l2.5 1.8"/>',
    "home": '<path d="m2.5 10 7.5-6.5 7.5 6.5M5 8v9h10V8"/>',
    "improvement": '<path d="M3 16h4v-4h4V8h4V4"/><path d="m12 6.5 3-3 3 3"/>',
    "info": '<circle cx="10" cy="10" r="7.5"/><path d="M10 9v5M10 6.2v.2"/>',
    "link": '<path d="m8 12 4-4M9 5.5l1.8-1.8a3.5 3.5 0 0 1 5 5L14 10.5'
    'M11 14.5l-1.8 1.8a3.5 3.5 0 0 1-5-5L6 9.5"/>',
    "lock": '<path d="M4.5 9h11v8h-11zM7 9V6.5a3 3 0 0 1 6 0V9"/>',
    "mail": '<path d="M2.5 4.5h15v11h-15z"/><path d="m3 5.5 7 5.5 7-5.5"/>',
    "map": '<path d="M2.5 7c2.5-3 5-3 7.5 0s5 3 7.5 0M2.5 13c2.5-3 5-3 7.5 0s5 3 7.5 0"/>',
    "menu": '<path d="M3 5.5h14M3 10h14M3 14.5h14"/>',
    "moon": '<path d="M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5z"/>',
    "nudge": '<circle cx="10" cy="10" r="7.5"/>'
    '<path d="M10 5.5a4.5 4.5 0 0 1 0 9z" fill="currentColor" stroke="none"/>',
    "pencil": '<path d="m3 17 1-4L14 3l3 3L7 16z"/><path d="m12 5 3 3"/>',
    "people": '<circle cx="7" cy="7" r="3"/><path d="M1.5 16.5c0-3 2.5-5 5.5-5s5.5 2 5.5 5"/>'
    '<path d="M13 4.3a3 3 0 0 1 0 5.4M15 12c2 .7 3.5 2.3 3.5 4.5"/>',
    "photo": '<path d="M2.5 6.5H6L7.5 4h5L14 6.5h3.5V16h-15z"/><circle cx="10" cy="11" r="3"/>',
    "pin": '<path d="M10 17.5S4.5 12 4.5 8a5.5 5.5 0 0 1 11 0c0 4-5.5 9.5-5.5 9.5z"/>'
    '<circle cx="10" cy="8" r="2"/>',
    "play": '<path d="M6 4v12l10-6z"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "print": '<path d="M5.5 7V2.5h9V7M5.5 14H3V7h14v7h-2.5"/><path d="M5.5 12h9v5.5h-9z"/>',
    "quiet": '<circle cx="10" cy="10" r="7.5" stroke-dasharray="2.5 3"/>',
    "research": '<circle cx="8.5" cy="8.5" r="5"/><path d="m12.5 12.5 4.5 4.5"/>',
    "send": '<path d="M17.5 2.5 9 11M17.5 2.5 12 17.5 9 11 2.5 8z"/>',
    "sound": '<path d="M10 2.5a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0V5A2.5 2.5 0 0 1 10 2.5z'
    'M5 9.5a5 5 0 0 0 10 0M10 14.5v3"/>',
    "steady": '<circle cx="10" cy="10" r="7.5"/>'
    '<circle cx="10" cy="10" r="4.5" fill="currentColor" stroke="none"/>',
    "story": '<path d="M3 4.5h14v9H9l-4 3.5v-3.5H3z"/><path d="M7 8h6M7 10.5h4"/>',
    "sun": '<circle cx="10" cy="10" r="3.5"/><path d="M10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4'
    'M14.6 14.6 16 16M4 16l1.4-1.4M14.6 5.4 16 4"/>',
    "up": '<path d="m4.5 12.5 5.5-5.5 5.5 5.5"/>',
    "warn": '<path d="M10 3 2.5 16.5h15z"/><path d="M10 8v4M10 14.3v.2"/>',
}


@cache
def icon(name: str, classes: str = "") -> SafeString:
    """The icon `name` as inline SVG, hidden from screen readers. An unknown name is a KeyError.

    `classes` comes from templates, never from a person.
    """
    extra = f" {classes}" if classes else ""
    # Every part is a constant of this file or of a template.
    return mark_safe(
        f'<svg class="i{extra}" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{PATHS[name]}</svg>'
    )
