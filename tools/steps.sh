# Sourced by install.sh and check.sh: prints a line for each step with its time; the output of a
# step is shown only if it fails.
# shellcheck shell=sh

output=$(mktemp)
trap 'rm -f "$output"' EXIT

step() {
  label=$1
  shift
  start=$(date +%s)
  printf '%-40s ' "$label" >&2
  if "$@" > "$output" 2>&1; then
    echo "ok, $(($(date +%s) - start)) s" >&2
  else
    echo "FAILED" >&2
    cat "$output" >&2
    return 1
  fi
}
