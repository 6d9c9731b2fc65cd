-- Some practices with any of the words in a heading, the best match first; see ranked_among.sql.
SELECT rowid FROM heading
WHERE heading MATCH :words AND +rowid IN (SELECT value FROM json_each(:positions))
ORDER BY bm25(heading, 8, 4, 3), rowid;
