-- What some phrases are names or keywords of.
SELECT phrase, facet, value FROM phrase WHERE phrase IN (SELECT value FROM json_each(:phrases));
