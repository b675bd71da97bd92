#!/usr/bin/env bash
# Builds and runs all tests; the last line is "N passed, N failed, N skipped". --full adds the long ones and whole sets of vectors.
set -euo pipefail
cd "$(dirname "$0")"
source .ci/prepare.sh
need_root
install_packages tests/Lab/packages.txt tests/packages.txt board/packages.txt

full=0
for argument in "$@"; do
  case $argument in
    --full) full=1 ;;
    *) say "usage: ./test.sh [--full]"; exit 2 ;;
  esac
done
export NTM_FULL=$full
[ $full = 1 ] && [ -d ../shared/vectors ] && NTM_VECTORS=$(realpath ../shared/vectors) && export NTM_VECTORS

build
publish_router

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
passed=0 failed=0 skipped=0

# run NAME COMMAND…: runs one test program and adds up its summary line; a program without one has failed.
run() {
  local name=$1 out="$log/$1.txt" total errors bad left
  shift
  say "Testing $name …"
  "$@" >"$out" 2>&1 || true
  if read -r total errors bad left < <(sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\1 \2 \3 \4/p' "$out" | tail -n 1); then
    passed=$((passed + total - bad - left)) failed=$((failed + bad + errors)) skipped=$((skipped + left))
    [ "$bad" = 0 ] && [ "$errors" = 0 ] || cat "$out" >&2
  else
    failed=$((failed + 1))
    cat "$out" >&2
  fi
}

# The code's form counts as one test.
check_format() {
  say "Checking the form of the code …"
  if dotnet format NTMobile.Router.sln --verify-no-changes --no-restore --severity warn >"$log/format.txt" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    cat "$log/format.txt" >&2
  fi
}

program() { printf 'tests/%s/bin/%s/net10.0/NTMobile.%s' "$1" "$configuration" "$1"; }

# The product in the laboratory comes last: everything it is made of has been tested by then.
for project in Packets Wire Security Storage Control Linux NetfilterBridge RouterCore Servers ServerHost RouterDaemon Scenario Architecture Web Lab; do
  run "$project" "$(program "$project.Tests")" -noColor
done

check_format

printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
