-- The words of the release that have some stems.
SELECT stem, word FROM stem WHERE stem IN (SELECT value FROM json_each(:stems));
