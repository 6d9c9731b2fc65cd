-- What was published before: slugs with the keys, dates and content hashes of their records.
CREATE TABLE entry (
  slug TEXT PRIMARY KEY,
  state TEXT NOT NULL,          -- published, held back, withdrawn, merged
  title TEXT NOT NULL,
  hash TEXT NOT NULL,
  issued TEXT NOT NULL,
  modified TEXT NOT NULL,
  run TEXT NOT NULL,
  since TEXT NOT NULL,          -- when it reached its state, for withdrawn and merged records
  replaced_by TEXT NOT NULL,
  keys TEXT NOT NULL,           -- separated by line feeds
  claimed INTEGER NOT NULL DEFAULT 0,   -- a practice of this build has this slug
  seen INTEGER NOT NULL DEFAULT 0,      -- and it is public again
  fresh INTEGER NOT NULL DEFAULT 0      -- and it was not there before
) WITHOUT ROWID;

CREATE TABLE entry_key (text TEXT NOT NULL, slug TEXT NOT NULL, PRIMARY KEY (text, slug)) WITHOUT ROWID;
