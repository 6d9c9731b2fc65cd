-- Each node and its lesser neighbours beside the least of these.
WITH neighbour AS (
  SELECT greater AS node, least AS other, min(least) OVER (PARTITION BY greater) AS least FROM {edges}
)
SELECT node AS greater, least FROM neighbour
UNION
SELECT other, least FROM neighbour WHERE other > least
