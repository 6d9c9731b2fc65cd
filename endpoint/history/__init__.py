"""History: changes, versions of records, quality over time, and the change stream."""
