-- How many versions of each kind each month brought.
SELECT substr(r.at, 1, 7) AS month, v.kind, count(*) AS versions
FROM version AS v JOIN release AS r ON r.number = v.release
GROUP BY month, v.kind
ORDER BY month;
