-- The practices with those of some words that many practices have.
SELECT word, marks FROM common WHERE word IN (SELECT value FROM json_each(:words));
