-- Each node beside the least one that it has a relation in common with.
SELECT DISTINCT node AS greater, least
FROM (
  SELECT node, min(node) OVER (PARTITION BY relation) AS least
  FROM (SELECT node, explode(relations) AS relation FROM {nodes})
)
WHERE node > least
