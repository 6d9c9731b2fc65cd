-- Topics and places of the practices at some positions.
SELECT practice.position, facet.facet, facet.value
FROM practice JOIN facet ON facet.slug = practice.slug
WHERE practice.position IN (SELECT value FROM json_each(:positions))
  AND facet.facet IN ('topic', 'country', 'city')
ORDER BY practice.position, facet.facet, facet.value;
