# Sourced by install.sh and check.sh: a line for each step and the time it took; what it says is
# shown only when it fails.
# shellcheck shell=sh

said=$(mktemp)
trap 'rm -f "$said"' EXIT

step() {
  label=$1
  shift
  start=$(date +%s)
  printf '%-40s ' "$label" >&2
  if "$@" > "$said" 2>&1; then
    echo "ok, $(($(date +%s) - start)) s" >&2
  else
    echo "FAILED" >&2
    cat "$said" >&2
    return 1
  fi
}
