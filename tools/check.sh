#!/bin/sh
# Run all checks except the tests: check.sh FOLDER-OF-THE-TOOLS. A failure does not stop the others.
set -u
bin=$1
failed=0
. "$(dirname "$0")/steps.sh"

step "formatting" "$bin/ruff" format --check --quiet || failed=1
step "lint" "$bin/ruff" check --quiet || failed=1
step "types" "$bin/mypy" || failed=1
step "layers" "$bin/lint-imports" --no-logo || failed=1
step "generated tables" "$bin/cog" --check --diff -I . ARCHITECTURE.md docs/explanation/an-article.md docs/reference/*.md || failed=1
step "JSON Schemas" "$bin/streams" schemas export --check || failed=1
step "versions in the locks" "$bin/python" -m tools.audit_locks || failed=1
step "docker-compose.yml" "$bin/python" -m pytest --quiet tests/test_compose.py || failed=1
exit $failed
