-- Once rows are joined: a new row replaces the rows in its language of the previous release for the same practice.
CREATE INDEX row_from_slug ON row (practice) WHERE from_slug IS NULL;
UPDATE row SET state = 'replaced' WHERE state = 'used' AND from_slug IS NOT NULL AND EXISTS
  (SELECT 1 FROM row AS new
   WHERE new.practice = row.practice AND new.from_slug IS NULL AND new.state = 'used' AND new.lang = row.lang);
CREATE INDEX row_record ON row (record) WHERE record <> seq;
