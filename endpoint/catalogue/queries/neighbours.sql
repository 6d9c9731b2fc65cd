-- Some practices of one city.
SELECT practice.position
FROM facet JOIN practice ON practice.slug = facet.slug
WHERE facet.facet = 'city' AND facet.value = :city
ORDER BY practice.position LIMIT 60;
