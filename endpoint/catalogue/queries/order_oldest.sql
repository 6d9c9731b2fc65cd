SELECT position FROM practice
ORDER BY coalesce(start_year, end_year) IS NULL, coalesce(start_year, end_year), position;
