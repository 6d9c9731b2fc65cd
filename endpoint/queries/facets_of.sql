-- The topics, countries and cities of the practices at some positions.
SELECT practice.position, facet.facet, facet.value
FROM practice JOIN facet ON facet.slug = practice.slug AND facet.facet IN ('topic', 'country', 'city')
WHERE practice.position IN (SELECT value FROM json_each(:positions))
ORDER BY practice.position, facet.facet, facet.value;
