#!/usr/bin/env bash
# Builds the router as native code: board/publish.sh [RID [DIR]]
#   RID  linux-x64 or linux-arm64; without it this machine's
#   DIR  where the files go; without it artifacts/ntm-router-RID
# DIR gets ntm-router, the library it loads (libsodium.so), and ntm-router.dbg, the symbols that perf and gdb find beside the program; a target does
# not need those. Debian packages: what board/packages.txt names; for another kind of machine clang, lld, and gcc-aarch64-linux-gnu with
# libc6-dev-arm64-cross (or gcc-x86-64-linux-gnu with libc6-dev-amd64-cross). The first run takes two minutes, one without a change seconds.
set -euo pipefail
umask 022

say() { printf '%s\n' "$*" >&2; }

[ $# -lt 2 ] || target=$(realpath -m "$2")
cd "$(dirname "$0")/.." # for global.json
declare -A compilers=([linux-x64]=x86_64-linux-gnu [linux-arm64]=aarch64-linux-gnu)
case $(uname -m) in
  x86_64) machine=linux-x64 ;;
  aarch64) machine=linux-arm64 ;;
  *) machine= ;;
esac
runtime=${1:-$machine}
case $runtime in
  linux-x64 | linux-arm64) ;;
  *) say "There is no build for ${runtime:-$(uname -m)}; there are linux-x64 and linux-arm64."; exit 2 ;;
esac
target=${target:-artifacts/ntm-router-$runtime}
# gcc links for its own machine only; clang and lld link for any.
cross=()
[ "$runtime" = "$machine" ] || cross=(-p:LinkerFlavor=lld "-p:ObjCopyName=${compilers[$runtime]}-objcopy")
command -v gcc >/dev/null || command -v clang >/dev/null || { say "A linker is missing: install $(paste -sd ' ' board/packages.txt)."; exit 1; }

# Objects in a folder of their own: the checkout's bin and obj stay those of its last build.
dotnet publish src/RouterDaemon -c Release -r "$runtime" -o "$target" --artifacts-path artifacts/publish -v quiet --nologo \
  -p:RunAnalyzers=false -p:DebugType=embedded -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false \
  -p:IsTransformWebConfigDisabled=true "${cross[@]}" >&2
