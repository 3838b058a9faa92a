"""Who may do what in `reports`."""

from tests.matrix.basics import ORGANIZER, RUN, SERIES, Row, at_block, at_edition, at_report, in_series

ROWS: dict[str, Row] = {
    # reports: organizers build and publish, facilitators look; teams see what is published
    "reports:list": Row(see=SERIES, read=RUN, write=ORGANIZER, kwargs=in_series),
    "reports:report": Row(see=RUN, read=RUN, kwargs=at_report),
    "reports:report-edit": Row(see=RUN, write=ORGANIZER, kwargs=at_report),
    "reports:preview": Row(see=RUN, read=RUN, kwargs=at_report),
    "reports:block-add": Row(see=RUN, write=ORGANIZER, kwargs=at_report),
    "reports:block-edit": Row(see=RUN, read=ORGANIZER, write=ORGANIZER, kwargs=at_block),
    "reports:block-move": Row(see=RUN, write=ORGANIZER, kwargs=at_block),
    "reports:block-remove": Row(see=RUN, write=ORGANIZER, kwargs=at_block),
    "reports:freeze": Row(see=RUN, write=ORGANIZER, kwargs=at_report),
    "reports:edition": Row(see=RUN, read=RUN, kwargs=at_edition),
    "reports:edition-again": Row(see=RUN, write=ORGANIZER, kwargs=at_edition),
    "reports:edition-publish": Row(see=RUN, read=ORGANIZER, write=ORGANIZER, kwargs=at_edition),
    "reports:edition-pdf": Row(see=RUN, read=ORGANIZER, kwargs=at_edition),
}
