"""The dataset: how DCAT and VoID describe a release, and how complete its records are."""
