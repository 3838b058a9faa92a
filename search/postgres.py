"""Full text on PostgreSQL: a tsvector beside each row, under one GIN index.

Words come folded and cut (`search.words`), so the vector is written as such and no text search
configuration or extension is needed. Who reads a row, its kind and its series stand in it as words of their
own (`@t12`): the index itself leaves out what a person may not read.
"""

from collections.abc import Collection, Sequence

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from search.asks import MOST, Ask, Entry
from search.words import Term

LAST_PLACE = 16383  # what a tsvector can tell apart
A_WORD = 250  # places kept of one word

# The statements are constants; what people type goes in as parameters alone.
WRITE = (
    "UPDATE search_searchrow SET document = given.document::tsvector"
    " FROM unnest(%s::bigint[], %s::text[]) AS given (id, document) WHERE search_searchrow.id = given.id"
)
NEWEST = (
    "SELECT id FROM search_searchrow WHERE document @@ %s::tsquery AND series_id = ANY(%s)"
    " ORDER BY said_on DESC, id DESC LIMIT %s OFFSET %s"
)
BEST = (
    "SELECT id FROM (SELECT id, said_on, document FROM search_searchrow"
    " WHERE document @@ %s::tsquery AND series_id = ANY(%s)"
    " ORDER BY said_on DESC, id DESC LIMIT %s) AS newest"
    " ORDER BY ts_rank(document, %s::tsquery, 1) DESC, said_on DESC, id DESC LIMIT %s OFFSET %s"
)


# No list of what is yet to be sorted in: an act writes one row, every search would read all of it.
INDEX = "CREATE INDEX search_row_document ON search_searchrow USING gin (document) WITH (fastupdate = off)"


def prepare(editor: BaseDatabaseSchemaEditor) -> None:
    """Add the vector and its index to the table of rows, which may be filled."""
    editor.execute("ALTER TABLE search_searchrow ADD COLUMN document tsvector NOT NULL DEFAULT ''::tsvector")
    # The planner has to know how common a word and a mark are: newest rows one by one, or the index first?
    editor.execute("ALTER TABLE search_searchrow ALTER COLUMN document SET STATISTICS 300")
    editor.execute(INDEX)


def unprepare(editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("ALTER TABLE search_searchrow DROP COLUMN document")


def vector_of(entry: Entry) -> str:
    """The tsvector of a row as PostgreSQL reads it: the title's words weigh most, the marks have no place."""
    places: dict[str, list[str]] = {}
    place = 0
    for words, weight in ((entry.heading, "A"), (entry.body, "")):
        for word in words:
            place = min(place + 1, LAST_PLACE)
            kept = places.setdefault(word, [])
            if len(kept) < A_WORD:
                kept.append(f"{place}{weight}")
    lexemes = [f"'{word}':{','.join(kept)}" for word, kept in places.items()]
    return " ".join([*lexemes, *(f"'@{mark}'" for mark in entry.marks)])


def query_of(terms: Sequence[Term]) -> str:
    """The tsquery of all `terms`: their words are letters and digits, so nothing in them is an operator."""
    return " & ".join(
        "(" + " | ".join(f"'{form}'{':*' if term.is_beginning else ''}" for form in term.forms) + ")"
        for term in terms
    )


def write(entries: Sequence[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [[entry.row_id for entry in entries], [vector_of(entry) for entry in entries]])


def remove(row_ids: Collection[int]) -> None:
    """Nothing: the words go with their row."""


def unwritten(most: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM search_searchrow WHERE document = ''::tsvector LIMIT %s", [most])
        return [row_id for (row_id,) in cursor.fetchall()]


def find(ask: Ask) -> list[int]:
    words = query_of(ask.terms)
    marks = " | ".join(f"'@{mark}'" for mark in ask.readers)
    query = " & ".join([words, f"({marks})", *(f"'@{mark}'" for mark in ask.filters)])
    # The marks say it already; said as a number, too, a row of another series costs next to nothing where
    # the planner walks through the newest.
    series = sorted({int(mark[1:]) for mark in ask.readers if mark[0] in "rs"})
    with connection.cursor() as cursor:
        if ask.is_by_rank:
            cursor.execute(BEST, [query, series, MOST, words, ask.size, ask.start])
        else:
            cursor.execute(NEWEST, [query, series, ask.size, ask.start])
        return [row_id for (row_id,) in cursor.fetchall()]
