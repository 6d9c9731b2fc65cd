-- The practices in which the words occur, the best match first.
SELECT practice.position
FROM search JOIN practice ON practice.slug = search.slug
WHERE search MATCH :words
ORDER BY bm25(search, 0, 8, 1, 4, 3), practice.position;
