# Sourced by bench.sh: gets the programs that ntm-router is compared with. One that cannot be had is named with the reason; ntm-bench leaves
# it out. Nothing is added to the machine's package sources.
# shellcheck shell=bash

get_rivals() {
  local package words
  while read -r package; do
    words=$(install_packages <(echo "$package") 2>&1) || say "$package cannot be installed: $(tail -n 1 <<<"$words")"
  done <"$root/tests/Benchmarks/rivals.txt"
  words=$(get_backport wireguard-go 2>&1) || say "wireguard-go of the backports cannot be had: $(tail -n 1 <<<"$words")"
}

# get_backport PACKAGE: unpacks the backports' package below bin/rivals, which survives builds and runs; with an apt state of its own.
get_backport() {
  local rivals=$root/tests/Benchmarks/bin/rivals apt mirror codename
  [ -d "$rivals/$1" ] && return
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME") || return
  mirror=$(mirror_of "$codename")
  [ -n "$mirror" ] || { echo "apt knows no mirror of $codename main"; return 1; }
  rm -rf "$rivals/.apt"
  mkdir -p "$rivals/.apt/lists/partial" "$rivals/.apt/archives/partial" || return
  echo "deb $mirror $codename-backports main" >"$rivals/.apt/sources.list"
  apt=(-o "Dir::State::lists=$rivals/.apt/lists" -o "Dir::Cache=$rivals/.apt" -o "Dir::Etc::sourcelist=$rivals/.apt/sources.list"
    -o Dir::Etc::sourceparts=- -o APT::Sandbox::User=root)
  (
    set -e
    cd "$rivals/.apt"
    apt-get "${apt[@]}" update -qq
    apt-get "${apt[@]}" download -qq "$1/$codename-backports"
    dpkg-deb -x "$1"_*.deb unpacked
    mv unpacked "../$1" # in one step, so that a kill leaves nothing half done
  ) || return
  rm -rf "$rivals/.apt"
}

# The address from which the machine's own apt gets a release's main component.
mirror_of() {
  apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(SITE)' 'Created-By: Packages' | sed -n "s/^$1 main //p" | head -n 1
}
