-- What pages of a list show of each practice that is not on them: its values, and those by which it is sorted.
CREATE TEMP TABLE arranged AS
SELECT
  practice.slug,
  digest_of(
    coalesce(start_year, '') || ' ' || coalesce(end_year, '') || ' ' || coalesce(ongoing, '') || ' ' || places || (
      SELECT coalesce(group_concat(char(10) || facet || ' ' || value, ''), '')
      FROM (SELECT facet, value FROM facet WHERE facet.slug = practice.slug ORDER BY facet, value)
    )
  ) AS arrangement
FROM practice;
CREATE UNIQUE INDEX temp.arranged_slug ON arranged (slug);
