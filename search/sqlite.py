"""Full text on SQLite: an FTS5 table beside the rows, with the same words and marks as on PostgreSQL."""

from collections.abc import Collection, Sequence

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from search.asks import Ask, Entry
from search.words import Term

# The statements are constants; what people type goes in as parameters alone.
FIND = (
    "SELECT r.id FROM search_words JOIN search_searchrow r ON r.id = search_words.rowid"
    " WHERE search_words MATCH %s ORDER BY "
)
NEWEST = FIND + "r.said_on DESC, r.id DESC LIMIT %s OFFSET %s"
BEST = FIND + "bm25(search_words, 8.0, 1.0, 0.0), r.said_on DESC, r.id DESC LIMIT %s OFFSET %s"


def prepare(editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(
        "CREATE VIRTUAL TABLE search_words USING fts5"
        "(heading, body, marks, tokenize = \"unicode61 remove_diacritics 2\", prefix = '3 5')"
    )


def unprepare(editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("DROP TABLE search_words")


def query_of(terms: Sequence[Term]) -> str:
    """All `terms` as FTS5 reads them; their words are letters and digits in quotes, and nothing else."""
    return " AND ".join(
        "(" + " OR ".join(f'"{form}"{"*" if term.is_beginning else ""}' for form in term.forms) + ")"
        for term in terms
    )


def write(entries: Sequence[Entry]) -> None:
    remove([entry.row_id for entry in entries])
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search_words (rowid, heading, body, marks) VALUES (%s, %s, %s, %s)",
            [(e.row_id, " ".join(e.heading), " ".join(e.body), " ".join(e.marks)) for e in entries],
        )


def remove(row_ids: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM search_words WHERE rowid = %s", [(row_id,) for row_id in row_ids])


def unwritten(most: int) -> list[int]:
    with connection.cursor() as cursor:
        # What went with its team or series left words behind.
        cursor.execute("DELETE FROM search_words WHERE rowid NOT IN (SELECT id FROM search_searchrow)")
        cursor.execute(
            "SELECT id FROM search_searchrow WHERE id NOT IN (SELECT rowid FROM search_words) LIMIT %s",
            [most],
        )
        return [row_id for (row_id,) in cursor.fetchall()]


def find(ask: Ask) -> list[int]:
    readers = " OR ".join(f'"{mark}"' for mark in ask.readers)
    query = f"{{heading body}} : ({query_of(ask.terms)}) AND marks : ({readers})"
    for mark in ask.filters:
        query += f' AND marks : "{mark}"'
    with connection.cursor() as cursor:
        cursor.execute(BEST if ask.is_by_rank else NEWEST, [query, ask.size, ask.start])
        return [row_id for (row_id,) in cursor.fetchall()]
