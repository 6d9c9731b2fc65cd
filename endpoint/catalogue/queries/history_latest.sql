-- The versions of all records, the latest first, filtered by kind and release if these are given.
SELECT v.number, v.slug, v.kind, v.hash, v.fields, v.replaced_by, r.at, r.version AS release,
  (SELECT min(later.number) FROM version AS later WHERE later.slug = v.slug AND later.number > v.number) AS next
FROM version AS v JOIN release AS r ON r.number = v.release
WHERE v.number BETWEEN :first AND :last AND (:kind = '' OR v.kind = :kind)
ORDER BY v.number DESC
LIMIT :most OFFSET :skip;
