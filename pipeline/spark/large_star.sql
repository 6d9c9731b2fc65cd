-- Of each node, the greater neighbours beside the least of all neighbours and itself.
SELECT DISTINCT other AS greater, least
FROM (
  SELECT node, other, least(node, min(other) OVER (PARTITION BY node)) AS least
  FROM (SELECT greater AS node, least AS other FROM {edges} UNION ALL SELECT least, greater FROM {edges})
)
WHERE other > node
