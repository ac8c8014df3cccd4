"""A module that ends every process except the one that collects the tests, as a bug could."""

import multiprocessing
import os

if multiprocessing.parent_process() is not None:
    os._exit(3)


def f() -> None:
    """Do nothing."""
