-- The years in which practices began and ended, as far as their dates say.
SELECT 'begun' AS facet, coalesce(start_year, end_year) AS year, position
FROM practice WHERE coalesce(start_year, end_year) IS NOT NULL
UNION ALL
SELECT 'ended', max(coalesce(start_year, end_year), coalesce(end_year, start_year)), position
FROM practice WHERE coalesce(start_year, end_year) IS NOT NULL
ORDER BY facet, year, position;
