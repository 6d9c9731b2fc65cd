-- What is searched of each practice, in the order of titles.
SELECT rowid AS position, title, text, places, topics FROM search ORDER BY rowid;
