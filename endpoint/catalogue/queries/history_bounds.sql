-- The first and the last version of every page of :size versions, and the last one of all.
SELECT v.number, v.slug, v.kind, v.hash, v.fields, v.replaced_by, r.at, r.version AS release, NULL AS next
FROM version AS v JOIN release AS r ON r.number = v.release
WHERE v.number % :size IN (0, 1) OR v.number = (SELECT max(number) FROM version)
ORDER BY v.number;
