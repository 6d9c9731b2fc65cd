-- The practices in which the words occur, the best match first: a title weighs most, then places and topics.
SELECT rowid FROM search WHERE search MATCH :words ORDER BY bm25(search, 0, 8, 1, 4, 3), rowid;
