-- The rows of one build while it runs: on disk, so that memory does not grow with the number of records.
CREATE TABLE row (
  seq INTEGER PRIMARY KEY,
  record INTEGER NOT NULL,        -- the number of the first row of its record, which numbers count
  place TEXT NOT NULL,            -- file, sheet, row, line, pointer as JSON
  origin TEXT UNIQUE,             -- file#sheet!row; null for rows of the previous release
  replaces TEXT,                  -- the origin that this corrected row stands for
  state TEXT NOT NULL,            -- used, repeated, replaced, aside
  problem TEXT NOT NULL,          -- why a row is aside, that is, no record
  from_slug TEXT,                 -- slug of the record of the previous release that this row comes from
  digest BLOB NOT NULL,
  id_key TEXT,
  slug_key TEXT,
  title_key TEXT,
  lang TEXT,
  position INTEGER NOT NULL,      -- where it counts in file order: a corrected row takes its original's
  practice INTEGER NOT NULL,      -- the number of the first row of its practice
  merged INTEGER NOT NULL,        -- 1 for rows of a practice that was merged into another on purpose
  character INTEGER,              -- of that line
  headed_in TEXT NOT NULL,        -- the language of the table's headings, empty where that is not plain
  columns INTEGER NOT NULL,
  corrections TEXT,               -- the lines applied to it, as JSON; null where there are none
  spots BLOB,                     -- field to where its values stand, marshalled; null where that is not known
  texts BLOB NOT NULL,            -- field to text, marshalled
  raw BLOB NOT NULL               -- column to text, marshalled
);

CREATE TABLE columns (number INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE);

CREATE TABLE key (text TEXT PRIMARY KEY, practice INTEGER NOT NULL, stated INTEGER NOT NULL) WITHOUT ROWID;
