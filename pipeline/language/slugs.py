"""Slugs: the readable last part of an IRI, made from text in any script."""

from hashlib import sha256

from pipeline.language.text_matching import fold


def slugify(text: str, max_length: int = 80) -> str:
    """Return a text as a-z, 0-9 and single hyphens, cut between words; a short hash if nothing is left."""
    words = fold(text).split()
    slug = "-".join(words) or sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    if len(slug) <= max_length:
        return slug
    cut = slug[: max_length + 1].rpartition("-")[0]
    return cut or slug[:max_length]


def with_hash(slug: str, key: str) -> str:
    """Return the slug with eight hexadecimal digits of the key's SHA-256, to part two records of one slug."""
    return f"{slug}-{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
