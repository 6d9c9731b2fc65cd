-- The practices at some positions, as the lists show them.
SELECT position, slug, title, title_lang, summary, summary_lang, date_text
FROM practice
WHERE position IN (SELECT value FROM json_each(:positions));
