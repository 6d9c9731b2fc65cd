-- SHACL results while a build runs, by the slug of their practice; the others are under an empty one.
CREATE TABLE result (slug TEXT NOT NULL, content BLOB NOT NULL);
CREATE INDEX result_slug ON result (slug);
