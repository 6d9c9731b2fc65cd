-- The positions of some practices, by their slugs.
SELECT slug, position FROM practice WHERE slug IN (SELECT value FROM json_each(:slugs));
