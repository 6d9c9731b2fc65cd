-- Every facet value that can be chosen in the list, with the practices that have it, by their position.
SELECT facet.facet, facet.value, practice.position
FROM facet JOIN practice ON practice.slug = facet.slug
WHERE facet.facet IN (
  'topic', 'country', 'year', 'status', 'missing', 'inferred', 'finding', 'title_language', 'summary_language'
);
