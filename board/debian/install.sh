#!/usr/bin/env bash
# Builds and installs the router or the server on a Debian machine, or into a folder that is then carried to one:
#   install.sh router|server [--root DIR] [--runtime RID]
#     --root DIR     a folder instead of this machine's /
#     --runtime RID  the target's kind: linux-x64 or linux-arm64; without it this machine's
# Programs that are there already are replaced when the new ones are complete, and a running service starts again; configuration and state stay.
#
# ntm-router is native code (board/publish.sh). The other programs bring their own .NET: Debian has none, and a router must not stop because
# somebody upgrades a runtime for another program. The SDK and what board/packages.txt names are needed only where this script runs.
set -euo pipefail
umask 022

usage() { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
say() { printf '%s\n' "$*" >&2; }

repository=$(cd "$(dirname "$0")/../.." && pwd)
role=${1:-} root=/ runtime=
case $role in
  router) projects=(Cli) programs=(ntm-router ntm) packages=(nftables iptables libssl3) ;;
  server) projects=(ServerHost) programs=(ntm-server) packages=(libssl3) ;;
  *) usage ;;
esac
shift
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
    --root) root=$(mkdir -p "$2" && cd "$2" && pwd) ;;
    --runtime) runtime=$2 ;;
    *) usage ;;
  esac
  shift 2
done
case $(uname -m) in
  x86_64) machine=linux-x64 ;;
  aarch64) machine=linux-arm64 ;;
  *) machine= ;;
esac
runtime=${runtime:-$machine}
case $runtime in
  linux-x64 | linux-arm64) ;;
  *) say "There is no build for ${runtime:-$(uname -m)}; there are linux-x64 and linux-arm64."; exit 2 ;;
esac
# Faster AES-GCM where the processor has VAES; the router goes without it as well.
[ "$role.$runtime" = router.linux-x64 ] && packages+=(libipsec-mb1)
root=${root%/}
[ -n "$root" ] || [ "$(id -u)" -eq 0 ] || { say "Run this as root, or give --root DIR."; exit 1; }
command -v dotnet >/dev/null || { say "The .NET SDK (see global.json) is not installed. Build elsewhere with --root DIR and copy the folder."; exit 1; }

# Beside the final folder, so that the change is one rename; what a killed run left is taken away.
library=$root/usr/lib/ntm
fresh=$library/.$role.new old=$library/.$role.old
mkdir -p "$library"
rm -rf "$fresh" "$old"
trap 'rm -rf "$fresh"' EXIT
cd "$repository" # for global.json
if [ "$role" = router ]; then
  say "Building RouterDaemon for $runtime …"
  board/publish.sh "$runtime" "$fresh"
  rm "$fresh/ntm-router.dbg"
fi
for project in "${projects[@]}"; do
  say "Building $project for $runtime …"
  # A folder of its own: the checkout's bin and obj stay those of its last build.
  dotnet publish "src/$project" -c Release -r "$runtime" --self-contained -o "$fresh" --artifacts-path "$repository/artifacts/install" \
    -v quiet --nologo -p:RunAnalyzers=false -p:DebugType=none -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false \
    -p:IsTransformWebConfigDisabled=true >&2
done

[ ! -e "$library/$role" ] || mv "$library/$role" "$old"
mv "$fresh" "$library/$role"
rm -rf "$old"
mkdir -p "$root/usr/bin" "$root/etc/ntm" "$root/usr/lib/systemd/system"
for program in "${programs[@]}"; do
  ln -sfn "../lib/ntm/$role/$program" "$root/usr/bin/$program"
done
install -m 644 "board/debian/ntm-$role.service" "$root/usr/lib/systemd/system/"
configuration=/etc/ntm/$role.json
[ -e "$root$configuration" ] || install -m 644 "board/debian/$role.json" "$root$configuration"

if [ -n "$root" ]; then
  say "Installed in $root. The target needs the Debian packages ${packages[*]}, and after copying: systemctl daemon-reload"
else
  missing=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] || apt-get install -y --no-install-recommends "${missing[@]}" >&2
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl try-restart "ntm-$role"
  fi
fi
say "Next: edit $configuration; ntm-$role check; systemctl enable --now ntm-$role"
