"""``practicegraph template``: a table for practices, to be filled and sent in."""

from pathlib import Path

import click

from pipeline.sources.template.template_files import write_template
from pipeline.sources.template.template_wording import LANGUAGES


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of headings, notes and lists.",
)
def template(file: Path, lang: str) -> None:
    """Write the collection template to FILE: a workbook (.xlsx), a table (.csv) or a JSON Schema (.json).

    \b
    Exit codes: 0 written, 2 usage (an existing file is never overwritten), 3 the environment.

    \b
    Example:
      practicegraph template modelo.xlsx --lang pt
    """
    write_template(file, lang)
    click.echo(f"Wrote the template to {file}.")
