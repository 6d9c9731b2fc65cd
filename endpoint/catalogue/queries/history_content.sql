SELECT lines FROM content WHERE version = :number;
