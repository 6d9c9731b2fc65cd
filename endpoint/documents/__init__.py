"""Documents: the resource behind an address, in the negotiated format."""
