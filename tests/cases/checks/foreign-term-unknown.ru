# graph: dataset
# finds: foreign-term-unknown violation
INSERT DATA { <http://localhost:8000/dataset> dct:startDate "2020" }
