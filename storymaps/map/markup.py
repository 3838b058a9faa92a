"""The story map as HTML and SVG, made in one go: a template of its many small parts would be slow.

The reading order is that of time: period by period, driver by driver. What is drawn is said in words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext

from core import drawings
from core.icons import icon
from core.templatetags.marks import STRANDS, days, plate
from storymaps.map.picture import Bank, Card, Cell, Column, Lane, Note, Picture, Source, Stretch

NOTHING = SafeString("")


def _join(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def short(day: date) -> str:
    """12 Dec: the year stands above the column."""
    return date_format(day, pgettext("short date format without year", "j M"))


@dataclass
class Pen:
    """What stays the same while one map is drawn."""

    picture: Picture
    log_url: str = ""  # where something can be added, empty for who may not
    list_of: Callable[[str, int], str] | None = None  # the address of the list of a stretch and a lane
    seen: set[int] = field(default_factory=set)  # entries that are drawn already

    def __post_init__(self) -> None:
        self.slots = tuple(lane.slot for lane in self.picture.lanes)
        self.names = {lane.slot: lane.name for lane in self.picture.lanes}

    def anchor(self, card: Card, slot: int) -> str:
        """The id of a card; an entry of two drivers is drawn twice; links lead to its first place."""
        anchor = f"entry-{card.pk}" if card.pk not in self.seen else f"entry-{card.pk}-{slot}"
        self.seen.add(card.pk)
        return anchor


def draw(
    picture: Picture, *, log_url: str = "", list_of: Callable[[str, int], str] | None = None
) -> SafeString:
    """The map. `log_url` is where something can be added, `list_of` where the rest of a cell is read."""
    pen = Pen(picture, log_url, list_of)
    return format_html(
        '<div class="map {}" data-map><div class="map__drivers" aria-hidden="true">{}</div>'
        '<ol class="map__periods">{}</ol>{}</div>',
        picture.classes,
        _join([_lane(lane) for lane in picture.lanes]),
        _join([_column(column, pen) for column in picture.columns]),
        _margin(picture),
    )


def entries_words(count: int) -> str:
    return ngettext("%(n)s entry", "%(n)s entries", count) % {"n": count}


def _lane(lane: Lane) -> SafeString:
    return format_html(
        '<div class="map__d is-drv-{}">{}<b>{}</b><span class="tiny">{}</span></div>',
        lane.slot,
        drawings.shape(lane.slot, "map__shape"),
        lane.name,
        entries_words(lane.entries),
    )


def _column(column: Column, pen: Pen) -> SafeString:
    what = column.what
    classes = "period period--s" if isinstance(what, Bank) else "period period--a"
    classes += " period--to" if column.state == "to" else ""
    classes += " period--dots" if column.is_dots else ""
    classes += " period--now" if column.is_focus else ""
    if isinstance(what, Bank):
        inner = format_html("{}{}", _bank_head(what), _bank(what, pen.slots, column))
    else:
        cells = [_cell(cell, what, column, pen) for cell in column.cells]
        inner = format_html("{}{}", _stretch_head(what, column), _join(cells))
    return format_html('<li class="{}">{}{}</li>', classes, drawings.vflow(pen.slots, column.flow), inner)


def _bank_head(bank: Bank) -> SafeString:
    name = format_html('<a href="{}">{}</a>', bank.url, bank.name) if bank.url else bank.name
    place = format_html("{},<br> ", bank.place) if bank.place else NOTHING
    return format_html(
        '<header class="period__h"><h3>{}</h3><p class="tiny">{}{}</p></header>',
        name,
        place,
        days(bank.starts_on, bank.ends_on),
    )


def _bank(bank: Bank, slots: tuple[int, ...], column: Column) -> SafeString:
    sun = "" if bank.letter else " conf__c--sun"
    return format_html(
        '<div class="conf">{}<span class="conf__c{}" aria-hidden="true">{}</span></div>',
        drawings.knot(slots, column.knot),
        sun,
        bank.letter or icon("sun"),
    )


def _stretch_head(stretch: Stretch, column: Column) -> SafeString:
    month = pgettext("month and year format", "M Y")
    if column.state == "now":
        words: str = format_html('<span class="pill pill--now">{}</span>', stretch.detail)
    else:
        words = gettext("%(first)s to %(last)s") % {
            "first": date_format(stretch.starts_on, month),
            "last": date_format(stretch.ends_on, month),
        }
    return format_html(
        '<header class="period__h"><h3>{}</h3><p class="tiny">{}</p></header>', stretch.name, words
    )


def _cell(cell: Cell, stretch: Stretch, column: Column, pen: Pen) -> SafeString:
    slot = cell.lane.slot
    if cell.cards:
        inner = format_html(
            '<ul class="leaves">{}</ul>{}{}',
            _leaves(cell.shown, slot, pen),
            _more(cell, pen) if cell.behind else NOTHING,
            _rest(cell, stretch, pen) if cell.hidden else NOTHING,
        )
    else:
        inner = _nothing(column, pen.log_url)
    return format_html(
        '<section class="cell"><h4 class="cell__h"><span class="drv is-drv-{}">{}{}</span></h4>'
        '<span class="cell__pool is-drv-{}">{}</span>{}</section>',
        slot,
        drawings.shape(slot),
        cell.lane.name,
        slot,
        drawings.pool(cell.level, f"{stretch.key}-{slot}", plan=cell.is_plan),
        inner,
    )


def _more(cell: Cell, pen: Pen) -> SafeString:
    count = len(cell.behind)
    words = ngettext("%(n)s more", "%(n)s more", count) % {"n": count}
    return format_html(
        '<details class="more cell__more"><summary>{}{}</summary><ul class="leaves">{}</ul></details>',
        icon("chevron"),
        words,
        _leaves(cell.behind, cell.lane.slot, pen),
    )


def _rest(cell: Cell, stretch: Stretch, pen: Pen) -> SafeString:
    """How many entries of a cell the map leaves out, and where they are read."""
    words = ngettext("%(n)s more in the list", "%(n)s more in the list", cell.hidden) % {"n": cell.hidden}
    if pen.list_of is None:
        return format_html('<p class="cell__rest">{}</p>', words)
    return format_html(
        '<p class="cell__rest"><a href="{}">{}<span class="vh">: {}, {}</span></a></p>',
        pen.list_of(stretch.key, cell.lane.slot),
        words,
        stretch.name,
        cell.lane.name,
    )


def _nothing(column: Column, log_url: str) -> SafeString:
    """What an empty place says: it was quiet, or it is still open."""
    if column.state == "past":
        return format_html('<p class="cell__none cell__none--past">{}</p>', gettext("Nothing logged."))
    if not log_url:
        return format_html('<p class="cell__none">{}</p>', gettext("Nothing yet."))
    words = gettext("Add what you intend") if column.state == "to" else gettext("Add the first")
    return format_html(
        '<p class="cell__none">{} <a href="{}">{}</a></p>', gettext("Nothing yet."), log_url, words
    )


def _leaves(cards: Sequence[Card], slot: int, pen: Pen) -> SafeString:
    return _join([_leaf(card, slot, pen) for card in cards])


def _leaf(card: Card, slot: int, pen: Pen) -> SafeString:
    """A card in its lane: outline is the strand, spine the evidence, colour the lane."""
    pair = format_html(' data-pair="{}"', card.note.letter) if card.note else NOTHING
    grew = format_html(' data-grew="{}"', " ".join(map(str, card.grew))) if card.grew else NOTHING
    return format_html(
        '<li id="{}" data-entry="{}" data-t="{}"{}{}>{}{}{}{}</li>',
        pen.anchor(card, slot),
        card.pk,
        card.title,
        pair,
        grew,
        card_face(card, slot, pen.names),
        _ref(card.note),
        _grew(card),
        _edge(card),
    )


def card_face(card: Card, slot: int, names: dict[int, str]) -> SafeString:
    """The card itself, without what hangs on it."""
    lang = format_html(' lang="{}"', card.language) if card.language else NOTHING
    return format_html(
        '<div class="entry{} entry--e{}{}{}"><span class="entry__t"{}><a href="{}">{}</a></span>'
        '<span class="entry__f">{}</span></div>',
        f" entry--{card.strand}" if card.strand else "",
        card.level,
        f" is-drv-{slot}" if slot else "",
        " entry--plan" if card.is_intended else "",
        lang,
        card.url,
        card.title,
        _foot(card, slot, names),
    )


def _foot(card: Card, slot: int, names: dict[int, str]) -> SafeString:
    also = [other for other in card.slots if other != slot and other in names]
    marks = _join([_also(other, names[other]) for other in also])
    strand = strand_mark(card.strand)
    if card.is_intended:
        return format_html("{}<span>{}</span>{}", strand, gettext("Intended, not yet tried"), marks)
    return format_html(
        '{}<span class="evid">{}{}</span><time datetime="{}">{}</time>{}',
        strand,
        drawings.gauge(card.level),
        evidence_words(card.sources),
        card.on.isoformat(),
        short(card.on),
        marks,
    )


def evidence_words(sources: int) -> str:
    if not sources:
        return gettext("No evidence yet")
    return ngettext("%(n)s source", "%(n)s sources", sources) % {"n": sources}


def strand_mark(strand: str) -> SafeString:
    """The icon of a strand and its word."""
    if strand not in STRANDS:
        return NOTHING
    return format_html(
        '<span class="strand">{}<span class="strand__w">{}</span></span>', icon(strand), STRANDS[strand]
    )


def _also(slot: int, name: str) -> SafeString:
    """The mark of another lane in which the same entry stands."""
    return format_html(
        '<span class="entry__also is-drv-{}">{}<span class="vh">{}</span></span>',
        slot,
        drawings.shape(slot),
        gettext("also in %(driver)s") % {"driver": name},
    )


def _ref(note: Note | None) -> SafeString:
    if note is None:
        return NOTHING
    if note.is_settled:
        label = gettext("Note %(letter)s, settled") % {"letter": note.letter}
    else:
        label = gettext("Note %(letter)s") % {"letter": note.letter}
    return format_html(
        '<a class="ref{}" href="{}" aria-label="{}">{}</a>',
        " ref--done" if note.is_settled else "",
        note.url,
        label,
        note.letter,
    )


def _grew(card: Card) -> SafeString:
    """One step back along the chain, from the card itself."""
    if not card.grew_url:
        return NOTHING
    label = gettext("Grew out of: %(title)s") % {"title": card.grew_title}
    return format_html(
        '<a class="grew" href="{}" title="{}"><span class="vh">{}</span>{}</a>',
        card.grew_url,
        label,
        label,
        icon("chain"),
    )


def _edge(card: Card) -> SafeString:
    """Steps back to other teams, at the edge of the card: a plate for each, and how many cannot be seen."""
    if not card.elsewhere and not card.unseen:
        return NOTHING
    marks = [_plate(source) for source in card.elsewhere]
    if card.unseen:
        words = ngettext(
            "Grew out of %(n)s story that you cannot see",
            "Grew out of %(n)s stories that you cannot see",
            card.unseen,
        ) % {"n": card.unseen}
        marks.append(
            format_html(
                '<span class="edge__n" title="{}"><span aria-hidden="true">+{}</span>'
                '<span class="vh">{}</span></span>',
                words,
                card.unseen,
                words,
            )
        )
    return format_html('<span class="edge">{}</span>', _join(marks))


def _plate(source: Source) -> SafeString:
    label = gettext("Grew out of a story of %(team)s: %(title)s") % {
        "team": source.team,
        "title": source.title,
    }
    return format_html(
        '<a class="edge__a" href="{}" title="{}">{}<span class="vh">{}</span></a>',
        source.url,
        label,
        plate(source.slug, source.code, "sm"),
        label,
    )


# --- the margin ------------------------------------------------------------------------------------


def _margin(picture: Picture) -> SafeString:
    if not any(picture.margin):
        return NOTHING
    rows = [
        _margin_row(notes, hidden) for notes, hidden in zip(picture.margin, picture.hidden_notes, strict=True)
    ]
    return format_html(
        '<aside class="margin" aria-labelledby="margin-h">'
        '<h2 class="margin__h" id="margin-h">{}</h2>{}</aside>',
        gettext("In the margin"),
        _join(rows),
    )


def _margin_row(notes: Sequence[Note], hidden: int) -> SafeString:
    more = NOTHING
    if hidden:
        words = ngettext("%(n)s more note", "%(n)s more notes", hidden) % {"n": hidden}
        more = format_html('<p class="tiny"><a href="?view=list">{}</a></p>', words)
    return format_html('<div class="margin__row">{}{}</div>', _join([_note(note) for note in notes]), more)


def _note(note: Note) -> SafeString:
    if note.replies:
        act = ngettext("%(n)s reply", "%(n)s replies", note.replies) % {"n": note.replies}
    else:
        act = gettext("Read it") if note.is_settled else gettext("Answer")
    lang = format_html(' lang="{}"', note.language) if note.language else NOTHING
    return format_html(
        '<div class="note{}" id="note-{}" data-pair="{}"><p class="note__t"{}>'
        '<a class="ref{}" href="#entry-{}" aria-label="{}">{}</a> {}</p>'
        '<p class="note__by">{}, <time datetime="{}">{}</time>. <a href="{}">{}</a></p></div>',
        " note--done" if note.is_settled else "",
        note.letter,
        note.letter,
        lang,
        " ref--done" if note.is_settled else "",
        note.entry,
        gettext("Note %(letter)s, go to the entry") % {"letter": note.letter},
        note.letter,
        note.words,
        format_html("{}, {}", note.by, note.role) if note.role else note.by,
        note.on.isoformat(),
        short(note.on),
        note.url,
        act,
    )
