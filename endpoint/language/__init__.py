"""Language: the interface language of a request, and texts and links in it."""
