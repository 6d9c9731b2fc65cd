-- The practices in which most of some words occur, the best match first.
SELECT rowid FROM search WHERE search MATCH :words ORDER BY bm25(search, 0, 8, 1, 0, 0), rowid LIMIT 40;
