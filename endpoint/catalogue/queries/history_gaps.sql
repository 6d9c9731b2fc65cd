SELECT at, reason FROM gap ORDER BY at;
