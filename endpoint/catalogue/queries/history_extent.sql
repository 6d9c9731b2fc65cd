-- How much there is of a history, and from when on.
SELECT
  (SELECT count(*) FROM release) AS releases,
  (SELECT coalesce(max(number), 0) FROM version) AS versions,
  (SELECT min(at) FROM release) AS since,
  (SELECT max(at) FROM release) AS until;
