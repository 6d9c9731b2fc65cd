-- A reader knows the row, not the practice: another finding on the same row tells which one it is.
CREATE INDEX by_spot ON finding (file, spot) WHERE record IS NOT NULL;
UPDATE finding SET record = (
  SELECT other.record FROM finding AS other
  WHERE other.file = finding.file AND other.spot = finding.spot AND other.record IS NOT NULL LIMIT 1
) WHERE record IS NULL AND spot IS NOT NULL;
UPDATE finding SET record = coalesce(spot, '') WHERE record IS NULL;

CREATE TABLE record AS SELECT file, record, min(seq) AS first FROM finding GROUP BY file, record;
CREATE UNIQUE INDEX by_name ON record (file, record);
