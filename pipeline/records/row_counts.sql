-- How many rows of the sources are used, repeated or replaced as a whole, and not records. The rows of a record in
-- several languages count once, and those of the previous release do not count.
SELECT
  (SELECT count(DISTINCT record) FROM row WHERE state = 'used' AND from_slug IS NULL) AS used,
  coalesce(sum(has_other = 0), 0) AS unused,
  coalesce(sum(has_aside = 1 AND has_used = 0), 0) AS aside
FROM (
  SELECT
    max(state IN ('used', 'aside')) AS has_other,
    max(state = 'aside') AS has_aside,
    max(state = 'used') AS has_used
  FROM row WHERE from_slug IS NULL GROUP BY record
)
