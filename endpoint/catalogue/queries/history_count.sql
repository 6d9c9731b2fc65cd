SELECT count(*) AS versions FROM version WHERE number BETWEEN :first AND :last AND (:kind = '' OR kind = :kind);
