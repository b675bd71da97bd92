# Sourced by demo.sh, test.sh and bench.sh: installs what is missing and builds.
# shellcheck shell=bash
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
export MSBUILDDISABLENODEREUSE=1 # a build server that outlives the script would keep files open
configuration=Release

say() { printf '%s\n' "$*" >&2; }

# Debian packages whose files are missing are installed; names come from files with one name per line, and from those beside them for
# this architecture alone (packages-amd64.txt beside packages.txt).
install_packages() {
  local missing=() files=() file package
  for file in "$@"; do
    files+=("$file")
    file="${file%.txt}-$(dpkg --print-architecture).txt"
    [ -f "$file" ] && files+=("$file")
  done
  while read -r package; do
    [ -n "$package" ] || continue
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done < <(cat "${files[@]}")
  [ ${#missing[@]} -eq 0 ] && return
  say "Installing: ${missing[*]}"
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

build() {
  say "Building …"
  dotnet build NTMobile.Router.sln -c "$configuration" -v quiet -clp:NoSummary >&2
}

# The router as it is installed, in artifacts/ntm-router-RID.
publish_router() {
  say "Building the router as native code …"
  board/publish.sh
}

# What bench.sh measures in memory, compiled like the router.
publish_microbench() {
  local runtime=linux-x64
  [ "$(uname -m)" = x86_64 ] || runtime=linux-arm64
  say "Building the measurements in memory as native code …"
  dotnet publish tests/Microbench -c Release -r $runtime -o artifacts/ntm-microbench-$runtime --artifacts-path artifacts/publish -v quiet --nologo \
    -p:RunAnalyzers=false -p:DebugType=embedded -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false >&2
}

need_root() {
  [ "$(id -u)" -eq 0 ] || { say "Run this as root: it makes network namespaces and netfilter rules (in namespaces of its own)."; exit 1; }
  command -v dotnet >/dev/null || { say "The .NET SDK (see global.json) is not installed."; exit 1; }
}
