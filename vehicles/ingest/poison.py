"""Stores what can be stored of a batch that PostgreSQL refuses as a whole."""

from collections.abc import Callable, Sequence

import msgspec
import structlog

from vehicles.ingest.patience import TRANSIENT
from vehicles.ingest.quarantine import rejected_fix
from vehicles.ingest.reasons import Reason
from vehicles.ingest.store import Stored
from vehicles.ingest.stream import Submission

log = structlog.get_logger(__name__)


def store_surely(
    store: Callable[[Sequence[Submission]], Stored], submissions: Sequence[Submission]
) -> list[Stored]:
    """`store(submissions)`; on an error of the data halve them until the bad fix is alone.

    The bad one goes to quarantine and all others are stored. Halves have ids that follow from the
    whole's, so doing it again after a crash stores and counts nothing twice.

    Raises:
        django.db.Error: one of `TRANSIENT`; parts may have been stored, which is safe to repeat.
    """
    try:
        return [store(submissions)]
    except TRANSIENT:
        raise
    except Exception as error:  # whatever it is, one fix must not stop the others
        if len(submissions) > 1:
            middle = len(submissions) // 2
            halves = [submissions[:middle], submissions[middle:]]
        elif len(submissions[0].rows) > 1:
            halves = [[half] for half in _halves(submissions[0])]
        else:
            log.exception("position_not_storable", submission=submissions[0].id)
            return [store([_without_fix(submissions[0], error)])]
    return [stored for half in halves for stored in store_surely(store, half)]


def _halves(submission: Submission) -> tuple[Submission, Submission]:
    middle = len(submission.rows) // 2
    replace = msgspec.structs.replace
    return (
        replace(submission, id=f"{submission.id}a", rows=submission.rows[:middle]),
        replace(submission, id=f"{submission.id}b", rows=submission.rows[middle:], rejected=[]),
    )


def _without_fix(submission: Submission, error: Exception) -> Submission:
    return msgspec.structs.replace(
        submission,
        rows=[],
        rejected=[
            *submission.rejected,
            *(
                rejected_fix(
                    row.fix,
                    reason=Reason.NOT_STORABLE,
                    detail=f"The database refused this fix: {error}",
                    index=0,
                )
                for row in submission.rows
            ),
        ],
    )
