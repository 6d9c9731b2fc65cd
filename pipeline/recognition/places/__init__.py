"""Places: countries and cities by every name that people give them."""
