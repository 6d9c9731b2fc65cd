-- The words of the release that share a stem with a word.
SELECT word FROM stem WHERE stem IN (SELECT value FROM json_each(:stems)) LIMIT 40;
