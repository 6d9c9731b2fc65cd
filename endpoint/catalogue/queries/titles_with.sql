-- The practices whose title has some words, the best match first.
SELECT rowid FROM search
WHERE search MATCH :words
ORDER BY bm25(search), rowid
LIMIT :most;
