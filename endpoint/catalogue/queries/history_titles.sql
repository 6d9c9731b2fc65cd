-- What records are called that are public, and those that were.
SELECT slug, title, title_lang AS lang FROM practice WHERE slug IN (SELECT value FROM json_each(:slugs))
UNION ALL
SELECT slug, title, '' FROM gone WHERE slug IN (SELECT value FROM json_each(:slugs));
