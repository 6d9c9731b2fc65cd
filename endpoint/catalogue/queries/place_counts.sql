-- The cities that practices name, with how many do: of all practices, or of those at some positions.
SELECT place.key, place.country, place.latitude, place.longitude, count(*) AS practices
FROM facet
JOIN place ON place.key = facet.value
JOIN practice ON practice.slug = facet.slug
WHERE facet.facet = 'city'
  AND (:positions IS NULL OR practice.position IN (SELECT value FROM json_each(:positions)))
GROUP BY place.key
ORDER BY place.key;
