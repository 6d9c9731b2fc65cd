-- The practices with the most of what a record can have, chosen during the build.
SELECT position FROM facet JOIN practice USING (slug) WHERE facet = 'complete' ORDER BY value;
