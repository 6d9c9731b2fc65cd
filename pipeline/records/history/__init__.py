"""History: what became of each record from release to release, kept when the releases themselves are not."""
