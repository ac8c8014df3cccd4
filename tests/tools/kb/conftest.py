"""The builders import each other as ``kb``, as the script in their folder does."""

import sys

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))
