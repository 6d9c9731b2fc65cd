-- The practices with the words in their title, places or topics, the best match first, as in ranked.sql.
SELECT rowid FROM heading WHERE heading MATCH :words ORDER BY bm25(heading, 8, 4, 3), rowid;
