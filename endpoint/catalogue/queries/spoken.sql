-- What practices, places, topics and countries are called and said to be, of so many practices at most.
SELECT text FROM label
UNION ALL
SELECT name FROM place
UNION ALL
SELECT title || ' ' || coalesce(summary, '') FROM practice WHERE position <= :most;
