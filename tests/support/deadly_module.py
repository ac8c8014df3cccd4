"""A module that ends every process but the one that collects the tests, as a broken library may."""

import multiprocessing
import os

if multiprocessing.parent_process() is not None:
    os._exit(3)


def f() -> None:
    """Do nothing."""
