-- The versions of a record, the latest first.
SELECT v.number, v.slug, v.kind, v.hash, v.fields, v.replaced_by, r.at, r.version AS release,
  lead(v.number) OVER (ORDER BY v.number) AS next
FROM version AS v JOIN release AS r ON r.number = v.release
WHERE v.slug = :slug
ORDER BY v.number DESC;
