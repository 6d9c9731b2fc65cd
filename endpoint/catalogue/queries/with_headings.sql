-- The first practices, by title, with the words in their title, places or topics.
SELECT rowid FROM heading WHERE heading MATCH :words LIMIT :most;
