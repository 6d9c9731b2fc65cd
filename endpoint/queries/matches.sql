-- The practices in which the words occur. The index is filled in the order of titles, so a row's number in search
-- is the practice's position.
SELECT rowid FROM search WHERE search MATCH :words;
