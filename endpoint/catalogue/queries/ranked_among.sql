-- Some practices in which any of the words occur, the best match first, as in ranked.sql. The plus sign keeps SQLite
-- from searching once for each of them.
SELECT rowid FROM search
WHERE search MATCH :words AND +rowid IN (SELECT value FROM json_each(:positions))
ORDER BY bm25(search, 0, 8, 1, 4, 3), rowid;
