-- Whether each node has one lesser neighbour, which has none: the least node of their component.
SELECT
  (SELECT count(*) = count(DISTINCT greater) FROM {edges})
  AND NOT EXISTS (SELECT 1 FROM {edges} AS one JOIN {edges} AS other ON one.least = other.greater) AS done
