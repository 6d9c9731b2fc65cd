-- The releases of a history, the latest first.
SELECT number, version, at, first, last, counts, quality FROM release ORDER BY number DESC LIMIT :most;
