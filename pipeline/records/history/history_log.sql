-- The history of an output folder: each release's file carries on that of the release before.
PRAGMA user_version = 1;

CREATE TABLE release (
  number INTEGER PRIMARY KEY,
  version TEXT NOT NULL,          -- empty where it is not known
  at TEXT NOT NULL,               -- xsd:dateTime in UTC; later in each than in the one before
  first INTEGER NOT NULL,         -- the numbers of its versions, from here
  last INTEGER NOT NULL,          -- to here; before the first where there are none
  counts TEXT NOT NULL,           -- a JSON object: added, changed …; empty where it is not known
  quality TEXT NOT NULL           -- a JSON object, see quality.py; empty where it is not known
);
CREATE TABLE version (
  number INTEGER PRIMARY KEY,     -- in the order of time
  release INTEGER NOT NULL,
  slug TEXT NOT NULL,
  kind TEXT NOT NULL,             -- added, changed, restored, withdrawn, merged
  hash TEXT NOT NULL,             -- the beginning of the hash of its content; empty where there is none
  fields TEXT NOT NULL,           -- what changed, separated by spaces
  replaced_by TEXT NOT NULL       -- a slug, where kind is merged
);
-- What a version said that is no longer the latest of its record; of the latest, the release itself knows.
CREATE TABLE content (
  version INTEGER PRIMARY KEY,
  lines BLOB NOT NULL             -- N-Triples, packed, see contents.py
);
-- From where on the history is known, and why no longer.
CREATE TABLE gap (at TEXT NOT NULL, reason TEXT NOT NULL);
