-- Where the words occur in the texts of some practices, the hits between U+0002 and U+0003.
SELECT practice.position, snippet(search, 2, char(2), char(3), '…', 32)
FROM search JOIN practice ON practice.slug = search.slug
WHERE search MATCH :words AND practice.position IN (SELECT value FROM json_each(:positions));
