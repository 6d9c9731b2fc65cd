-- The practices that have one value of a facet, where the index has them as bits; see facet_bits.py.
SELECT marks FROM bits WHERE facet = :facet AND value = :value;
