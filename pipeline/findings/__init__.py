"""Findings as people read them: messages, their translation, and the numbers of a run."""
