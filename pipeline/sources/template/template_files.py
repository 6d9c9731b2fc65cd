"""Writing the template: the format by the suffix of the file's name, records filled in where there are any."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pipeline.model.errors import EnvironmentFault, UsageError
from pipeline.sources.template.template_schema import write_schema
from pipeline.sources.template.template_table import write_table
from pipeline.sources.template.template_wording import TemplateWording, wording
from pipeline.sources.template.template_workbook import write_workbook

Record = Mapping[str, str]
Writer = Callable[[Path, TemplateWording, Iterable[Record]], None]

WRITERS: dict[str, Writer] = {".xlsx": write_workbook, ".csv": write_table, ".json": write_schema}


def write_template(
    path: Path, language: str, records: Iterable[Record] = (), *, with_example: bool = True
) -> None:
    """Write the template in a language to a new file; ``records``, as field → text, follow the example.

    Raises UsageError for a file that is there already, since it may have been filled in.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path} has no suffix of a template; name it .xlsx, .csv or .json (JSON Schema).")
    if path.exists():
        raise UsageError(f"{path} is there already and may have been filled in. Give another name.")
    try:
        words = wording(language)
        writer(path, words, (words.example, *records) if with_example else records)
    except OSError as error:
        raise EnvironmentFault(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}."
        ) from error
