-- The practices that have one value of a facet, in the order of their titles.
SELECT practice.position
FROM facet JOIN practice ON practice.slug = facet.slug
WHERE facet.facet = :facet AND facet.value = :value
ORDER BY practice.position;
