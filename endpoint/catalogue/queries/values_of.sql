-- The topics, cities and countries of one practice.
SELECT facet, value FROM facet WHERE slug = :slug AND facet IN ('topic', 'city', 'country') ORDER BY facet, value;
