"""Harvest: dumps, exports, feeds, sitemap and schemas for programs."""
