-- The index of a release: what pages ask by facet, word or title. Read-only once it is written.
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -32000;

CREATE TABLE practice (
  slug TEXT PRIMARY KEY,
  position INTEGER NOT NULL,      -- in the order of titles, from 1
  title TEXT NOT NULL,            -- for display: English, else French, else any
  title_lang TEXT NOT NULL,
  summary TEXT,
  summary_lang TEXT,
  date_text TEXT,
  start_year INTEGER,
  end_year INTEGER,
  ongoing INTEGER,                -- 0 or 1; null where it is unknown or no period was read
  issued TEXT,
  modified TEXT,
  places TEXT NOT NULL,           -- for display: "Turin, Milan · Italy"
  digest BLOB NOT NULL,           -- of all that is published of it and its places
  changed TEXT                    -- since when that is as it is, xsd:dateTime
);
CREATE TABLE title (slug TEXT NOT NULL, lang TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (slug, lang)) WITHOUT ROWID;
CREATE TABLE facet (
  facet TEXT NOT NULL,            -- topic, country, city, year, status; missing, inferred, finding, title_language, summary_language; complete
  value TEXT NOT NULL,            -- slug, ISO 3166-1 alpha-3 code, city key, year; ongoing or undated; field; code; language tag
  slug TEXT NOT NULL,
  PRIMARY KEY (facet, value, slug)
) WITHOUT ROWID;
CREATE TABLE bits (                -- the practices of each value that the list is filtered by, see packed_bits.py
  facet TEXT NOT NULL,            -- as in facet; begun and ended
  value TEXT NOT NULL,            -- as in facet; year
  marks BLOB NOT NULL,
  PRIMARY KEY (facet, value)
);
CREATE TABLE ordered (             -- the positions of all practices in an order, four bytes each, the lowest byte first
  name TEXT PRIMARY KEY,          -- changed: the latest first
  positions BLOB NOT NULL
);
CREATE TABLE label (
  facet TEXT NOT NULL,
  value TEXT NOT NULL,
  lang TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (facet, value, lang)
) WITHOUT ROWID;
CREATE TABLE place (
  key TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  kind TEXT NOT NULL,
  latitude REAL,
  longitude REAL
) WITHOUT ROWID;
CREATE TABLE gone (
  slug TEXT PRIMARY KEY,
  status TEXT NOT NULL,           -- withdrawn or merged
  title TEXT NOT NULL,
  since TEXT NOT NULL,
  replaced_by TEXT                -- a slug, where status is merged
) WITHOUT ROWID;
CREATE TABLE address (
  key TEXT NOT NULL,              -- an identifier or the address of a source, without scheme and in small letters
  slug TEXT NOT NULL,
  PRIMARY KEY (key, slug)
) WITHOUT ROWID;
CREATE TABLE phrase (             -- names and keywords by which a search finds a facet value
  phrase TEXT NOT NULL,           -- "en asylum seeker": language and stems; " turin": a place has no stem
  facet TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (phrase, facet, value)
) WITHOUT ROWID;
CREATE TABLE stem (               -- the words of the search table by their stems
  stem TEXT NOT NULL,             -- "en librari": language and stem
  word TEXT NOT NULL,
  PRIMARY KEY (stem, word)
) WITHOUT ROWID;
CREATE TABLE changed (            -- since when a list of practices is as it is
  facet TEXT NOT NULL,            -- as in facet; empty for the list of all practices, and for what all pages depend on
  value TEXT NOT NULL,
  digest TEXT NOT NULL,
  since TEXT NOT NULL,            -- xsd:dateTime
  arrangement TEXT NOT NULL,      -- a digest of which practices it has, their order and their facets
  arranged TEXT NOT NULL,         -- since when these are as they are
  PRIMARY KEY (facet, value)
) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5 (
  slug UNINDEXED, title, text, places, topics,
  tokenize = "unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE heading USING fts5 ( -- the same without the texts: what is in a heading is read without walking them
  title, places, topics,
  content = '',
  tokenize = "unicode61 remove_diacritics 2"
);
-- Words are gathered in this much memory before they are written: fewer pieces to merge, and a smaller file.
INSERT INTO search (search, rank) VALUES ('hashsize', 33554432);
INSERT INTO heading (heading, rank) VALUES ('hashsize', 8388608);
CREATE TABLE common (              -- the practices of a large release in which a word occurs that is in many of them
  word TEXT PRIMARY KEY,          -- folded; "school*" stands for all words that begin so
  marks BLOB NOT NULL             -- see packed_bits.py
);

-- Gathered while practices come in, read back in the order of titles, then dropped with its file.
CREATE TABLE gathered.entry (
  sort_key TEXT NOT NULL,
  slug TEXT NOT NULL,
  entry BLOB NOT NULL,            -- as Python packs it, see index.py
  digest BLOB NOT NULL
);
CREATE TABLE gathered.address (key TEXT NOT NULL, slug TEXT NOT NULL);
CREATE TABLE gathered.facet (facet TEXT NOT NULL, value TEXT NOT NULL, slug TEXT NOT NULL);

-- The words of the search table, folded, as they come to be in it.
CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, search, 'row');
