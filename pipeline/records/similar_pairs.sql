-- Pairs of practices in one place whose titles share telling words: at least two that make up most of one title,
-- or a name in capitals when both began in the same year. A word that many titles of a place share tells nothing.
WITH frequency AS (SELECT word, count(DISTINCT number) AS titles FROM word GROUP BY word),
  total AS (SELECT count(*) AS titles FROM named),
  weighed AS (
    SELECT place, word, number, is_acronym, ln(1.0 + total.titles * 1.0 / frequency.titles) AS weight
    FROM word JOIN frequency USING (word), total
  ),
  local AS (SELECT place, word, count(*) AS titles FROM word GROUP BY place, word HAVING titles BETWEEN 2 AND :most),
  whole AS (SELECT place, number, sum(weight) AS weight FROM weighed GROUP BY place, number)
SELECT one.number, other.number
FROM local
  JOIN weighed AS one USING (place, word)
  JOIN weighed AS other ON other.place = one.place AND other.word = one.word AND other.number > one.number
  JOIN named AS first ON first.number = one.number
  JOIN named AS second ON second.number = other.number
  JOIN whole AS first_whole ON first_whole.place = one.place AND first_whole.number = one.number
  JOIN whole AS second_whole ON second_whole.place = one.place AND second_whole.number = other.number
WHERE first.start IS NULL OR second.start IS NULL OR first.start = second.start
GROUP BY one.place, one.number, other.number
HAVING (count(*) >= 2 AND sum(one.weight) >= :share * min(first_whole.weight, second_whole.weight))
  OR (max(one.is_acronym + other.is_acronym) > 0 AND first.start = second.start)
ORDER BY other.number, one.number;
