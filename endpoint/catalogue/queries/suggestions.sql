-- The practices nearest to some words of which any may occur.
SELECT rowid FROM search WHERE search MATCH :words ORDER BY bm25(search, 0, 8, 1, 4, 3), rowid LIMIT 5;
