-- Every facet value that can be chosen in the list, with the practices that have it, by their position; and the years
-- in which practices began and ended. For the index of a release that was made before these were stored.
SELECT facet.facet, facet.value, practice.position
FROM facet JOIN practice ON practice.slug = facet.slug
WHERE facet.facet IN (
  'topic', 'country', 'year', 'status', 'missing', 'inferred', 'finding', 'title_language', 'summary_language'
)
UNION ALL
SELECT 'begun', coalesce(start_year, end_year), position
FROM practice WHERE coalesce(start_year, end_year) IS NOT NULL
UNION ALL
SELECT 'ended', max(coalesce(start_year, end_year), coalesce(end_year, start_year)), position
FROM practice WHERE coalesce(start_year, end_year) IS NOT NULL;
