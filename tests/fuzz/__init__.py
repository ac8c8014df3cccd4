"""Fuzz targets for every parser of bytes from outside, and the corpus that the tests replay."""
