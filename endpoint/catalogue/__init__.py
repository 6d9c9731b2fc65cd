"""The catalogue: the open release, its index, search, facets and selections."""
