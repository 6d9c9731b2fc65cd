"""Figures: charts and maps with their numbers, as files and as pages for frames of other sites."""
