-- The practices at some positions, as the lists show them.
SELECT slug, position, title, title_lang, summary, summary_lang, date_text, start_year, end_year, ongoing, places
FROM practice
WHERE position IN (SELECT value FROM json_each(:positions));
