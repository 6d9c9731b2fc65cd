-- Names and texts of practices, places, topics and countries, of a limited number of practices.
SELECT text FROM label
UNION ALL
SELECT name FROM place
UNION ALL
SELECT title || ' ' || coalesce(summary, '') FROM practice WHERE position <= :most;
