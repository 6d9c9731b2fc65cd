-- Words of titles by place, from which practices that may be one are found.
CREATE TABLE named (
  number INTEGER PRIMARY KEY, slug TEXT NOT NULL, title TEXT NOT NULL, start INTEGER
);
CREATE TABLE word (place TEXT, word TEXT, number INTEGER, is_acronym INTEGER);
