"""Query text: its tokens and its form, what is refused before evaluation, and what a mistake in it may be."""
