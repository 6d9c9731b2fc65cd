-- A part of the cities, and when the latest practice of each was changed.
SELECT value, max(changed) AS changed
FROM facet JOIN practice USING (slug)
WHERE facet = 'city'
GROUP BY value
ORDER BY value
LIMIT :most OFFSET :after;
