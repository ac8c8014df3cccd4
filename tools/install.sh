#!/bin/sh
# Create the virtual environment of the checkout: install.sh PYTHON FOLDER LOCK
# Only files in the lock are downloaded, each checked against its hash. The packages of the checkout
# itself, those in packages/ too, are built from it without network.
set -eu
python=$1
venv=$2
lock=$3
. "$(dirname "$0")/steps.sh"

if ! command -v "$python" > /dev/null; then
  echo "$python not found: install Python 3.11 or newer, or use make PYTHON=/path/to/python" >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "$("$python" --version) is too old: Python 3.11 or newer is required (make PYTHON=python3.12 …)" >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2> /dev/null; then
  echo "$python cannot create virtual environments: on Debian and Ubuntu, apt install python3-venv" >&2
  exit 1
fi

pip="$venv/bin/python -m pip --disable-pip-version-check --quiet"
step "creating $venv with $("$python" --version)" "$python" -m venv "$venv"
# shellcheck disable=SC2086  # the options are separate words
step "installing the packages of $lock" $pip install --require-hashes -r "$lock"
# shellcheck disable=SC2086  # the same
step "installing News Streams" $pip install --no-index --no-deps --no-build-isolation -e .
for package in packages/*/; do
  # The version stays the same when a model changes, hence --force-reinstall.
  # shellcheck disable=SC2086  # the same
  step "installing $package" \
    $pip install --no-index --no-deps --no-build-isolation --force-reinstall "./$package"
done
