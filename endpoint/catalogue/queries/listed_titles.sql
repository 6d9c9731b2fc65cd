-- All titles of the practices at some positions.
SELECT practice.position, title.lang, title.text
FROM practice JOIN title ON title.slug = practice.slug
WHERE practice.position IN (SELECT value FROM json_each(:positions));
