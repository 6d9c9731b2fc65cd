-- Before rows are joined: corrected rows replace their originals, and repeated rows are set aside.
CREATE INDEX row_replaces ON row (replaces) WHERE replaces IS NOT NULL;

-- The latest corrected row takes its original's position; whatever it stands for is replaced.
UPDATE row SET state = 'replaced' WHERE replaces IS NOT NULL AND EXISTS
  (SELECT 1 FROM row AS later WHERE later.replaces = row.replaces AND later.seq > row.seq);
UPDATE row SET position = coalesce((SELECT original.seq FROM row AS original WHERE original.origin = row.replaces), seq)
  WHERE replaces IS NOT NULL;
UPDATE row SET state = 'replaced' WHERE origin IN
  (SELECT replaces FROM row WHERE replaces IS NOT NULL AND replaces <> origin);

-- Further languages of a row go with it.
UPDATE row SET (state, position) = (SELECT first.state, first.position FROM row AS first WHERE first.seq = row.record)
  WHERE record <> seq AND origin IS NULL AND from_slug IS NULL;

-- Of rows with the same texts only the first is used; a row of the previous release yields.
CREATE INDEX row_digest ON row (digest, state);
UPDATE row SET state = 'repeated' WHERE state = 'used' AND EXISTS
  (SELECT 1 FROM row AS other
   WHERE other.digest = row.digest AND other.state = 'used' AND other.seq <> row.seq
     AND (other.from_slug IS NULL AND row.from_slug IS NOT NULL
          OR (other.from_slug IS NULL) = (row.from_slug IS NULL) AND other.seq < row.seq));
