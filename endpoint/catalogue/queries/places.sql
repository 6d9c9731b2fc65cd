-- The cities of one country that practices name, with how many do.
SELECT place.key, place.name, place.kind, count(DISTINCT facet.slug) AS practices
FROM place JOIN facet ON facet.facet = 'city' AND facet.value = place.key
WHERE place.country = :country
GROUP BY place.key
ORDER BY place.name;
