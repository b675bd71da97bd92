#!/usr/bin/env bash
# Measures the product beside rivals and prints the figures. --json FILE writes them too, --chart FILE draws them; --help tells the rest.
set -euo pipefail
called_from=$PWD
cd "$(dirname "$0")"
root=$PWD
source .ci/prepare.sh
source tests/Benchmarks/get-rivals.sh
need_root
install_packages tests/Lab/packages.txt board/packages.txt
get_rivals
build
publish_router
publish_microbench
export NTM_NATIVE=1 # the laboratory's routers are what is installed
cd "$called_from" # a FILE is meant as the caller sees it
exec unshare -m -n -p --fork --kill-child --mount-proc "$root/tests/Benchmarks/bin/$configuration/net10.0/ntm-bench" "$@"
