-- The practices nearest to some words of which any may occur.
SELECT practice.position
FROM search JOIN practice ON practice.slug = search.slug
WHERE search MATCH :words
ORDER BY bm25(search, 0, 8, 1, 4, 3), practice.position
LIMIT 5;
