-- The practices whose title has some words, the best match first.
SELECT practice.slug, practice.title, practice.title_lang, practice.places
FROM search JOIN practice ON practice.position = search.rowid
WHERE search MATCH :words
ORDER BY bm25(search), practice.position
LIMIT :most;
