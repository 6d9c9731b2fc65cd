-- Countries and cities whose name begins with some letters, those with the most practices first.
SELECT phrase.facet, phrase.value, (
  SELECT count(*) FROM facet WHERE facet.facet = phrase.facet AND facet.value = phrase.value
) AS practices
FROM phrase
WHERE phrase.phrase >= :first AND phrase.phrase < :last AND phrase.facet <> 'topic'
GROUP BY phrase.facet, phrase.value
HAVING practices > 0
ORDER BY practices DESC, phrase.value
LIMIT :most;
