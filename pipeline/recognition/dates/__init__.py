"""Date texts: what people write in the date column, read into periods."""

from pipeline.recognition.dates.date_merge import contradict, merge, with_unknown_end
from pipeline.recognition.dates.date_reading import (
    DateProblem,
    DateReading,
    period_of_year,
    read_date,
    says_no_date,
)

__all__ = [
    "DateProblem",
    "DateReading",
    "contradict",
    "merge",
    "period_of_year",
    "read_date",
    "says_no_date",
    "with_unknown_end",
]
