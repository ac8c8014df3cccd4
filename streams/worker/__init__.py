"""Faust around the stages: the only package that knows Faust."""
