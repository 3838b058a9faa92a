"""The claim: one short transaction that gives one due job to one worker.

Lease times are the database's clock, `at` is business time. attempts + 1 and a fresh token are written
at the claim, so that a crash counts, and a job that always kills its worker stops at its limit.
"""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from jobs.models import Job
from jobs.registry import Lane

# No row is locked that is not taken: "id IN (SELECT ... FOR UPDATE ... LIMIT)" may lock more of them.
POSTGRESQL = """
WITH c AS MATERIALIZED (
    SELECT id FROM jobs_job
     WHERE lane = %(lane)s AND due_at <= %(at)s AND attempts < max_attempts
       AND (state = 'pending' OR (state = 'leased' AND lease_until < statement_timestamp()))
       AND (%(limit)s IS NULL OR (
            SELECT count(*) FROM jobs_job
             WHERE lane = %(lane)s AND state = 'leased' AND lease_until >= statement_timestamp()
           ) < %(limit)s)
     ORDER BY due_at, id FOR UPDATE SKIP LOCKED LIMIT 1)
UPDATE jobs_job e
   SET state = 'leased', attempts = attempts + 1, lease_token = %(token)s,
       lease_until = statement_timestamp() + lease_seconds * interval '1 second'
  FROM c WHERE e.id = c.id RETURNING e.id
"""

# One writer at a time: the transaction is IMMEDIATE. The format is the one in which Django stores moments.
SQLITE = """
UPDATE jobs_job
   SET state = 'leased', attempts = attempts + 1, lease_token = %(token)s,
       lease_until = strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '+' || lease_seconds || ' seconds')
 WHERE id IN (
    SELECT id FROM jobs_job
     WHERE lane = %(lane)s AND due_at <= %(at)s AND attempts < max_attempts
       AND (state = 'pending'
            OR (state = 'leased' AND lease_until < strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')))
       AND (%(limit)s IS NULL OR (
            SELECT count(*) FROM jobs_job
             WHERE lane = %(lane)s AND state = 'leased'
               AND lease_until >= strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')
           ) < %(limit)s)
     ORDER BY due_at, id LIMIT 1)
RETURNING id
"""
SLOW_LOCK = 1_279_415_633  # any number that no other advisory lock uses


def claim(lane: Lane, *, at: datetime) -> Job | None:
    """Take the oldest job of `lane` that is due at `at`, with a lease of its kind; None if none is."""
    if not Job.objects.claimable(lane, at=at).exists():
        return None  # the usual case, and it takes no write lock
    is_postgresql = connection.vendor == "postgresql"
    fields = Job._meta
    params = {
        "lane": lane.value,
        "at": fields.get_field("due_at").get_db_prep_value(at, connection),
        "token": fields.get_field("lease_token").get_db_prep_value(uuid.uuid4(), connection),
        "limit": settings.SLOW_LIMIT if lane == Lane.SLOW else None,
    }
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        if is_postgresql and lane == Lane.SLOW:
            # Two claims at once would each count the leases without the other's.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SLOW_LOCK])
        cursor.execute(POSTGRESQL if is_postgresql else SQLITE, params)
        rows = cursor.fetchall()
        return Job.objects.get(pk=rows[0][0]) if rows else None
