-- From when until when practices ran, as far as their dates say.
SELECT position, coalesce(start_year, end_year) AS start_year, coalesce(end_year, start_year) AS end_year, ongoing
FROM practice
WHERE coalesce(start_year, end_year) IS NOT NULL;
