-- The rows of all files with numbers that go through all files.
SELECT first + number AS number, first + record AS record, place, relations, staged, content
FROM {rows} JOIN {files} USING (file)
WHERE number IS NOT NULL
