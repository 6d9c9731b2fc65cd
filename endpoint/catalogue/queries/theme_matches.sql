-- The practices in which the words of a collection occur; a row's number in search is the practice's position.
SELECT rowid FROM search WHERE search MATCH :words;
