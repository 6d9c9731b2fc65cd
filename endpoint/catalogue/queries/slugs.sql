-- The names of the practices at some positions.
SELECT position, slug FROM practice WHERE position IN (SELECT value FROM json_each(:positions))
ORDER BY position;
