SELECT practice.position, facet.value
FROM practice JOIN facet ON facet.slug = practice.slug AND facet.facet = 'topic'
WHERE practice.position IN (SELECT value FROM json_each(:positions))
  AND facet.value IN (SELECT value FROM label WHERE facet = 'topic')
ORDER BY practice.position, facet.value;
