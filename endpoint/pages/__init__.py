"""Pages: what the page of each kind of resource shows."""
