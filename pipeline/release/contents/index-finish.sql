-- Put what was gathered into its final order, and let the engine know its distribution.
INSERT INTO facet SELECT DISTINCT facet, value, slug FROM gathered.facet ORDER BY facet, value, slug;
INSERT OR IGNORE INTO address SELECT key, slug FROM gathered.address ORDER BY key, slug;
CREATE INDEX facet_slug ON facet (slug, facet, value);
CREATE INDEX practice_position ON practice (position);
CREATE INDEX practice_modified ON practice (modified, slug);
INSERT INTO search (search) VALUES ('optimize');
ANALYZE;
