-- When the practices at some positions were changed.
SELECT position, changed FROM practice WHERE position IN (SELECT value FROM json_each(:positions));
