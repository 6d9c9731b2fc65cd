-- Put what was gathered into its final order, and let the engine know its distribution.
INSERT INTO facet SELECT DISTINCT facet, value, slug FROM gathered.facet ORDER BY facet, value, slug;
INSERT OR IGNORE INTO address SELECT key, slug FROM gathered.address ORDER BY key, slug;
CREATE INDEX facet_slug ON facet (slug, facet, value);
CREATE INDEX practice_position ON practice (position);
-- The six practices with the most of what a record can have, of the latest thousand: a summary, a city, a topic, a year
-- and a long text. Texts longer than 4,000 letters count as one of 4,000. Of equal ones the latest comes first.
-- They are values of a facet, so that the date of the start page follows them.
INSERT INTO facet
SELECT
  'complete',
  row_number() OVER (
    ORDER BY
      (latest.summary IS NOT NULL) + (latest.year IS NOT NULL)
        + EXISTS (SELECT 1 FROM facet WHERE facet = 'city' AND slug = latest.slug)
        + EXISTS (SELECT 1 FROM facet WHERE facet = 'topic' AND slug = latest.slug) DESC,
      min(length(search.text), 4000) DESC,
      latest.year DESC,
      latest.position
  ) AS rank,
  latest.slug
FROM (
  SELECT position, slug, summary, coalesce(start_year, end_year) AS year
  FROM practice ORDER BY year IS NULL, year DESC, position LIMIT 1000
) AS latest
JOIN search ON search.rowid = latest.position
ORDER BY rank
LIMIT 6;
INSERT INTO search (search) VALUES ('optimize');
INSERT INTO heading (heading) VALUES ('optimize');
ANALYZE;
