-- Rows whose id begins with a zero, where another row has it without: that id, and that of the other.
SELECT seq, place, id_key, ltrim(id_key, '0') FROM row
WHERE state = 'used' AND id_key GLOB '0*[1-9]*'
  AND EXISTS (SELECT 1 FROM key WHERE text = 'id:' || ltrim(id_key, '0'))
ORDER BY seq
