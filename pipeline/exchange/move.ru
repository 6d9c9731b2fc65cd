MOVE GRAPH <$loaded> TO GRAPH <$graph> ;
