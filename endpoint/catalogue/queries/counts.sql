-- What the start page says of the whole release.
SELECT
  (SELECT count(*) FROM practice) AS practices,
  (SELECT count(DISTINCT value) FROM facet WHERE facet = 'city') AS cities,
  (SELECT count(DISTINCT value) FROM facet WHERE facet = 'country') AS countries,
  (SELECT count(DISTINCT value) FROM facet WHERE facet = 'topic') AS topics;
