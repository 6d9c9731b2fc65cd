-- The practices at some positions, with the columns of a feed.
SELECT position, slug, title, title_lang, summary, summary_lang, issued, changed, places
FROM practice
WHERE position IN (SELECT value FROM json_each(:positions));
