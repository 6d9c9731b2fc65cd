-- The rows of practices with what they contain, and the batch that each practice is in.
SELECT practice DIV :size AS batch, practice, position, number, content
FROM {fates} JOIN {rows} USING (number)
WHERE problem IS NULL
