"""The site: lists, maps, shortlist and forms for readers."""
