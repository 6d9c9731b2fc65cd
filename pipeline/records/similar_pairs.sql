-- Pairs of practices in one place whose titles share telling words: at least two that make up most of one title,
-- or a name in capitals when both began in the same year. A word that many titles of a place share tells nothing.
-- These words are left out first (local), so that a word gives at most 66 pairs and the work grows with the titles.
-- CROSS JOIN keeps SQLite from choosing another order.
WITH weight AS MATERIALIZED (
    SELECT word, ln(1.0 + (SELECT count(*) FROM named) * 1.0 / count(DISTINCT number)) AS weight FROM word GROUP BY word
  ),
  local AS MATERIALIZED (
    SELECT place, word FROM word GROUP BY place, word HAVING count(*) BETWEEN 2 AND :most
  ),
  shared AS MATERIALIZED (
    SELECT one.place AS place, one.number AS one, other.number AS other, count(*) AS words,
      sum(weight.weight) AS weight, max(one.is_acronym + other.is_acronym) AS acronyms
    FROM local
      CROSS JOIN weight ON weight.word = local.word
      CROSS JOIN word AS one ON one.place = local.place AND one.word = local.word
      CROSS JOIN word AS other ON other.place = one.place AND other.word = one.word AND other.number > one.number
    GROUP BY one.place, one.number, other.number
    HAVING words >= 2 OR acronyms > 0
  ),
  whole AS MATERIALIZED (
    SELECT place, number, sum(weight) AS weight FROM word JOIN weight USING (word) GROUP BY place, number
  )
SELECT DISTINCT first.number, first.slug, first.title, second.number, second.slug, second.title
FROM shared
  CROSS JOIN named AS first ON first.number = shared.one
  CROSS JOIN named AS second ON second.number = shared.other
  CROSS JOIN whole AS first_whole ON first_whole.place = shared.place AND first_whole.number = shared.one
  CROSS JOIN whole AS second_whole ON second_whole.place = shared.place AND second_whole.number = shared.other
WHERE (first.start IS NULL OR second.start IS NULL OR first.start = second.start)
  AND (
    (shared.words >= 2 AND shared.weight >= :share * min(first_whole.weight, second_whole.weight))
    OR (shared.acronyms > 0 AND first.start = second.start)
  )
ORDER BY second.number, first.number;
