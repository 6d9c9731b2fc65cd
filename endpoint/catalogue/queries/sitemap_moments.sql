-- When the practices at some positions were changed.
SELECT position, modified FROM practice WHERE position IN (SELECT value FROM json_each(:positions));
