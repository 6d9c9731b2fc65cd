-- Corrected rows whose original is in no source, and the origin that they name.
SELECT seq, place, replaces FROM row
WHERE replaces IS NOT NULL AND state = 'used' AND replaces NOT IN (SELECT origin FROM row WHERE origin IS NOT NULL)
ORDER BY seq
