#!/usr/bin/env bash
# The main job on real traffic: two routers behind real NATs, a download by name, a move in the middle. Leaves the router's web page up on
# loopback until Enter or Ctrl-C; --once ends by itself, and the exit code tells.
set -euo pipefail
cd "$(dirname "$0")"
source .ci/prepare.sh
need_root
[ $# -eq 0 ] || [ "$*" = --once ] || { say "usage: ./demo.sh [--once]"; exit 2; }
install_packages tests/Lab/packages.txt
build
lab=tests/Lab/bin/$configuration/net10.0/ntm-lab
[ $# -eq 0 ] || exec "$lab" demo --once

# The page is inside the laboratory; a Unix socket carries it out to this machine's loopback. Both end with this script, even when it is killed.
folder=$(mktemp -d)
setpriv --pdeathsig KILL "$lab" forward 127.0.0.1:8330 "$folder/page.sock" &
forwarder=$!
trap 'kill $forwarder 2>/dev/null || true; rm -rf "$folder"' EXIT
setpriv --pdeathsig KILL "$lab" demo --page "$folder/page.sock"
