-- Topics, countries and years that have practices, and when the latest of these was changed.
SELECT facet, value, max(modified) AS modified
FROM facet JOIN practice USING (slug)
WHERE facet IN ('topic', 'country', 'year')
GROUP BY facet, value
ORDER BY facet, value;
