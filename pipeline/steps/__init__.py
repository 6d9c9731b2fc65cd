"""Steps of a build, in their order: read, convert, judge, publish, finish."""
