-- Sets the practices aside that have no title in any row, as far as they are from a table without titles.
UPDATE row SET state = 'aside', problem = :problem
WHERE state = 'used' AND from_slug IS NULL
  AND json_extract(place, '$[0]') = :file AND json_extract(place, '$[1]') IS :sheet
  AND NOT EXISTS
    (SELECT 1 FROM row AS other
     WHERE other.practice = row.practice AND other.state = 'used' AND other.title_key IS NOT NULL)
