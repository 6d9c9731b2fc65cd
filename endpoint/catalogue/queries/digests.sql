-- What is published of the practices at some positions, and what they all depend on, as digests.
SELECT places AS name, hex(digest) AS said FROM practice
WHERE position IN (SELECT value FROM json_each(:positions))
UNION ALL
SELECT value, digest FROM changed WHERE facet = '' AND value = 'base';
