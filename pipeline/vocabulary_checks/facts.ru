# What the rules ask for often: which terms are ours and of which kind, which are used, which are covered.
INSERT { GRAPH g:facts { ?term a g:Own } }
WHERE { GRAPH g:ontology { ?term ?p ?o } FILTER(ISIRI(?term) && STRSTARTS(STR(?term), STR(icgp:))) } ;

INSERT { GRAPH g:facts { ?term a g:OwnClass } }
WHERE { GRAPH g:facts { ?term a g:Own } GRAPH g:ontology { VALUES ?kind { owl:Class rdfs:Datatype } ?term a ?kind } } ;

INSERT { GRAPH g:facts { ?term a g:OwnProperty } }
WHERE {
  GRAPH g:facts { ?term a g:Own }
  GRAPH g:ontology { VALUES ?kind { owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty } ?term a ?kind }
} ;

INSERT { GRAPH g:facts { ?concept a g:Concept ; g:scheme ?scheme } }
WHERE { VALUES ?scheme { g:topics g:countries } GRAPH ?scheme { ?concept a skos:Concept FILTER(ISIRI(?concept)) } } ;

INSERT { GRAPH g:facts { ?term a g:Defined } }
WHERE { VALUES ?g { g:ontology g:topics g:countries g:years g:dataset g:shapes } GRAPH ?g { ?term a ?type } } ;

INSERT { GRAPH g:facts { ?term a g:Used } }
WHERE {
  VALUES ?g { g:ontology g:topics g:countries g:years g:dataset g:shapes g:context g:queries }
  GRAPH ?g { ?s ?p ?o }
  VALUES ?position { 1 2 3 }
  BIND(IF(?position = 1, ?s, IF(?position = 2, ?p, IF(ISLITERAL(?o), DATATYPE(?o), ?o))) AS ?term)
  FILTER(ISIRI(?term))
} ;

INSERT { GRAPH g:facts { ?upper g:above ?lower } }
WHERE {
  VALUES ?scheme { g:topics g:countries }
  GRAPH ?scheme { ?lower (skos:broader|^skos:narrower)+ ?upper }
} ;

INSERT { GRAPH g:facts { ?predicate a g:Path } }
WHERE {
  GRAPH g:shapes {
    ?shape sh:path/((sh:inversePath|sh:zeroOrMorePath|sh:oneOrMorePath|sh:zeroOrOnePath)
      |(sh:alternativePath/rdf:rest*/rdf:first))? ?predicate
  }
}
;

INSERT { GRAPH g:facts { ?shape g:lists ?item } }
WHERE { VALUES ?shape { shapes:KnownTopic shapes:FacetCountry } GRAPH g:shapes { ?shape sh:in/rdf:rest*/rdf:first ?item } } ;

INSERT { GRAPH g:facts { ?one g:disjoint ?other } }
WHERE {
  GRAPH g:ontology {
    { ?axiom owl:members ?list . ?list rdf:rest*/rdf:first ?one . ?list rdf:rest*/rdf:first ?other }
    UNION { ?one owl:disjointWith|^owl:disjointWith ?other }
  }
}
