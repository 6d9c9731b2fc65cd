-- The same as in positions_by_change.sql, of an index that was made before it was stored.
SELECT position FROM practice ORDER BY changed DESC, position;
