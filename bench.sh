#!/usr/bin/env bash
# Measures and prints the figures. --json FILE writes them too; --only NAME runs a part (throughput, cpu).
set -euo pipefail
cd "$(dirname "$0")"
source .ci/prepare.sh
need_root
install_packages tests/Lab/packages.txt
build
bench=tests/Benchmarks/bin/$configuration/net10.0/ntm-bench
exec unshare -m -n -p --fork --kill-child --mount-proc "$bench" "$@"
