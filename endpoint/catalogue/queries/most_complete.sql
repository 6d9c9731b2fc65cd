-- The practices with the most of what a record can have, of the latest thousand: a summary, a city, a topic, a year and
-- a long text. Texts longer than 4,000 letters count as one of 4,000. Of equal ones the latest comes first.
SELECT latest.position
FROM (
  SELECT position, slug, summary, coalesce(start_year, end_year) AS year
  FROM practice ORDER BY year IS NULL, year DESC, position LIMIT 1000
) AS latest
JOIN search ON search.rowid = latest.position
ORDER BY
  (latest.summary IS NOT NULL) + (latest.year IS NOT NULL)
    + EXISTS (SELECT 1 FROM facet WHERE facet = 'city' AND slug = latest.slug)
    + EXISTS (SELECT 1 FROM facet WHERE facet = 'topic' AND slug = latest.slug) DESC,
  min(length(search.text), 4000) DESC,
  latest.year DESC,
  latest.position
LIMIT :most;
