-- What is searched of the texts of some practices.
SELECT rowid, text FROM search WHERE rowid IN (SELECT value FROM json_each(:positions));
