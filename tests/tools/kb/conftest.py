"""The builders import each other as ``kb``, as the script beside them does."""

import sys

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))
