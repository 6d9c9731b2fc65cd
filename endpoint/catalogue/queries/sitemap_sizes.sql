-- How many practices and cities have a page.
SELECT (SELECT count(*) FROM practice) AS practices,
  (SELECT count(DISTINCT value) FROM facet WHERE facet = 'city') AS cities;
