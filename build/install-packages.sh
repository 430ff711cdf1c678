#!/usr/bin/env bash
# usage: install-packages.sh PACKAGE[|OTHER NAME]...   as root; the output is a log, progress goes to descriptor 3 when it is open.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
options=(-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
{ : >&3; } 2>/dev/null || exec 3>/dev/null

available() { [[ $(apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [^\(] ]]; }

# Fills $names with the first name of each package that this release knows, $unknown with those that have none.
choose() {
  local package name
  names=() unknown=()
  for package in "$@"; do
    for name in ${package//|/ }; do
      if available "$name"; then
        names+=("$name")
        continue 2
      fi
    done
    unknown+=("$package")
  done
}

update() {
  echo "pessimist: refreshing the list of packages" >&3
  apt-get "${options[@]}" update
}

# Counts what dpkg does on one line of a terminal.
follow() {
  local line total=0 done=0
  while IFS= read -r line; do
    printf '%s\n' "$line"
    [[ -t 3 ]] || continue
    case $line in
      *' newly installed,'*) total=$(sed -E 's/.* ([0-9]+) newly installed.*/\1/' <<<"$line") ;;
      'Get:'*) printf '\r\e[Kpessimist: fetching %s of %d packages' "$(sed -E 's/Get:([0-9]+).*/\1/' <<<"$line")" "$total" >&3 ;;
      'Setting up '*) printf '\r\e[Kpessimist: setting up %d of %d packages' "$((++done))" "$total" >&3 ;;
    esac
  done
  [[ ! -t 3 ]] || printf '\r\e[K' >&3
}

install() { apt-get "${options[@]}" install -y --no-install-recommends "${names[@]}" 2>&1 | follow; }

choose "$@"
if [[ ${#unknown[@]} -gt 0 ]]; then
  update
  choose "$@"
fi
if [[ ${#unknown[@]} -gt 0 ]]; then
  echo "this release has no package ${unknown[*]//|/ or }"
  exit 3
fi
# Old lists name versions that the archive no longer holds.
install || { update && install; }
