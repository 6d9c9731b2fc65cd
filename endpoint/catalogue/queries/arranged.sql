-- Since when a page of a list is as it is: the arrangement of the list, and the practices that the page shows.
SELECT max(date) FROM (
  SELECT arranged AS date FROM changed
  WHERE (facet = :facet AND value = :value) OR (facet = '' AND value = 'base')
  UNION ALL
  SELECT changed FROM practice WHERE position IN (SELECT value FROM json_each(:shown))
);
