"""Joining on purpose: merged practices, and renamed ones that keep their slug."""

from collections.abc import Iterator

from pipeline.findings.finding_messages import finding_of
from pipeline.language.slugs import slugify
from pipeline.model.finding import Finding, Place
from pipeline.records.corrections.correction_lines import KEEP_IDENTITY, MERGE, CorrectionLines, Joining
from pipeline.records.ledger import Ledger
from pipeline.records.staging import Staging


def join_practices(lines: CorrectionLines, staging: Staging, ledger: Ledger) -> Iterator[Finding]:
    """Join the rows of practices that lines make one, under one slug; yield a warning for each idle line."""
    for line in lines.joinings:
        new_keys, old_keys = _keys(line.new, ledger), _keys(line.old, ledger)
        new, old = staging.with_keys(new_keys), staging.with_keys(old_keys)
        if line.kind == KEEP_IDENTITY and not old:
            old_keys = _title_keys(line.old, staging)
            old = staging.with_keys(old_keys)
        is_known, has_old = (ledger.published_entry(slug) is not None for slug in (line.new, line.old))
        stays = is_known or (line.kind == MERGE and bool(new))
        if not stays or not (old or has_old):
            yield _unused_finding(line, lines.name, line.old if stays else line.new)
            continue
        ledger.assign((*new_keys, *old_keys), line.new)
        if has_old:
            ledger.redirect(line.old, line.new)
        if old or new:
            staging.join(old, new, is_merge=line.kind == MERGE)


def _keys(slug: str, ledger: Ledger) -> tuple[str, ...]:
    """Return the keys of rows that describe the practice with this slug: the stated ones if there are any."""
    entry = ledger.entry(slug)
    keys = entry.keys.split("\n") if entry is not None and entry.keys else [f"id:{slug}", f"slug:{slug}"]
    return tuple(key for key in keys if not key.startswith("title:")) or tuple(keys)


def _title_keys(text: str, staging: Staging) -> tuple[str, ...]:
    """Return the key of the practice that has this title, or would get this slug from its title and city."""
    wanted = slugify(text)
    titles = {slugify(key.removeprefix("title:").partition("|")[0]): key for key in staging.title_keys()}
    fitting = [title for title in titles if wanted == title or wanted.startswith(f"{title}-")]
    return (titles[max(fitting, key=len)],) if fitting else ()


def _unused_finding(line: Joining, file: str, unknown: str) -> Finding:
    place = Place(file, row=line.row, value=unknown)
    return finding_of("correction-unused/practice", place, text=unknown)
