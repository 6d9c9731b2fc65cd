-- When the latest of each part's practices was changed.
SELECT (position - 1) / :most AS part, max(changed) AS changed FROM practice GROUP BY part ORDER BY part;
