-- A practice that is as it was keeps its date; one that is new has that of its record, since nobody has an older form.
UPDATE practice SET changed = coalesce(
  (
    SELECT CASE WHEN before.digest = practice.digest THEN before.changed ELSE :now END
    FROM previous.practice AS before WHERE before.slug = practice.slug
  ),
  min(coalesce(nullif(modified, ''), :now), :now)
);
