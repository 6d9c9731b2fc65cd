-- Rows that are repeated or replaced as a whole, and which of both they are.
SELECT seq, place, state FROM row
WHERE state IN ('repeated', 'replaced') AND seq = record AND from_slug IS NULL
  AND NOT EXISTS
    (SELECT 1 FROM row AS other
     WHERE other.record = row.record AND other.record <> other.seq AND other.state IN ('used', 'aside'))
ORDER BY seq
