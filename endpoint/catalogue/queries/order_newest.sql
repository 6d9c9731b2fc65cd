SELECT position FROM practice
ORDER BY coalesce(start_year, end_year) IS NULL, max(coalesce(start_year, 0), coalesce(end_year, 0)) DESC, position;
