"""Catalogue pages: listing pages and single pages, saved as HTML or copied as text."""

from pipeline.sources.pages.page_source import PageSource, is_page, open_page, open_text

__all__ = ["PageSource", "is_page", "open_page", "open_text"]
