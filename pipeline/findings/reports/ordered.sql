-- Findings of one report, to be read in another order than that in which they were made.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8000;

CREATE TABLE finding (
  seq INTEGER PRIMARY KEY,
  weight INTEGER NOT NULL,        -- 0 violation, 1 warning, 2 info
  urgency INTEGER NOT NULL,       -- the lower, the sooner to be looked at
  file TEXT NOT NULL,             -- empty where a finding has no place
  spot TEXT,                      -- sheet, row, line and pointer; null where it is about the whole file
  record TEXT,                    -- the practice's IRI, as far as the finding knows it
  content BLOB NOT NULL
);
