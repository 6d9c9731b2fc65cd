-- Countries and cities of some practices whose places have the words, those with the most practices first.
SELECT place.facet, place.value, (
  SELECT count(*) FROM facet WHERE facet.facet = place.facet AND facet.value = place.value
) AS practices
FROM (SELECT DISTINCT slug FROM search WHERE search MATCH :words LIMIT 200) AS found
JOIN facet AS place ON place.slug = found.slug
WHERE place.facet IN ('country', 'city')
GROUP BY place.facet, place.value
ORDER BY practices DESC, place.value
LIMIT 40;
