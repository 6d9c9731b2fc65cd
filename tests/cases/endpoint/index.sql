CREATE TABLE practice (
  slug TEXT PRIMARY KEY, position INTEGER, title TEXT, title_lang TEXT, summary TEXT, summary_lang TEXT,
  date_text TEXT, start_year INTEGER, end_year INTEGER, ongoing INTEGER, issued TEXT, modified TEXT, places TEXT
);
CREATE TABLE title (slug TEXT, lang TEXT, text TEXT);
CREATE TABLE facet (facet TEXT, value TEXT, slug TEXT, PRIMARY KEY (facet, value, slug)) WITHOUT ROWID;
CREATE TABLE label (facet TEXT, value TEXT, lang TEXT, text TEXT, PRIMARY KEY (facet, value, lang));
CREATE TABLE place (key TEXT, name TEXT, country TEXT, kind TEXT, latitude REAL, longitude REAL);
CREATE TABLE gone (slug TEXT PRIMARY KEY, status TEXT, title TEXT, since TEXT, replaced_by TEXT);
CREATE TABLE meta (key TEXT, value TEXT);
CREATE VIRTUAL TABLE search USING fts5 (
  slug UNINDEXED, title, text, places, topics, tokenize = "unicode61 remove_diacritics 2"
);
