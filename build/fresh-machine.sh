#!/usr/bin/env bash
# usage: build/fresh-machine.sh [--user] [--keep] [SUITE [COMMAND...]]   as root, on Debian with debootstrap
# Makes a bare Debian (default: bookworm) in a folder, with this machine's .NET SDK and a fresh clone in it, and does there what a new
# user would: COMMAND, by default the two commands of the README. --user: as an ordinary user who may use sudo.
# shellcheck disable=SC1091,SC2317
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
user=root keep=
while [[ ${1:-} == --* ]]; do
  case $1 in
    --user) user=somebody ;;
    --keep) keep=1 ;;
    *) printf 'unknown option %s\n' "$1" >&2 && exit 2 ;;
  esac
  shift
done
suite=${1:-bookworm}
command=${*:2}
: "${command:=./pessimist diagnose samples/digits.csv --target label && ./test}"

cache=${PESSIMIST_FRESH:-/var/tmp/pessimist-fresh}
mkdir -p "$cache"
if [[ ! -e $cache/$suite.tar ]]; then
  rm -rf "${cache:?}/$suite"
  debootstrap --variant=minbase "$suite" "$cache/$suite" >&2
  tar -C "$cache/$suite" -cf "$cache/$suite.tar.new" .
  mv "$cache/$suite.tar.new" "$cache/$suite.tar"
  rm -rf "${cache:?}/$suite"
fi

machine=$(mktemp -d "$cache/machine.XXXXXX")
clean() {
  umount -R "$machine/dev" "$machine/proc" 2>/dev/null || true
  if [[ -n $keep ]]; then echo "kept: $machine" >&2; else rm -rf --one-file-system "$machine"; fi
}
trap clean EXIT
tar -C "$machine" -xf "$cache/$suite.tar"
rm -rf "$machine"/var/lib/apt/lists/*
mount -t proc proc "$machine/proc"
mount --rbind /dev "$machine/dev"
cp /etc/resolv.conf "$machine/etc/"
[[ ! -e /etc/apt/sources.list.d/debian.sources || $suite != "$(. /etc/os-release && echo "$VERSION_CODENAME")" ]] ||
  { cp /etc/apt/sources.list.d/debian.sources "$machine/etc/apt/sources.list.d/" && rm -f "$machine/etc/apt/sources.list"; }

# The SDK as an archive unpacks it, found on the PATH.
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
mkdir -p "$machine/usr/share/dotnet"
cp -r "$dotnet/." "$machine/usr/share/dotnet/"
ln -s /usr/share/dotnet/dotnet "$machine/usr/bin/dotnet"

# A network that is reached through a proxy or with certificates of its own stays reachable.
carried=()
for name in http_proxy https_proxy no_proxy NUGET_CERT_REVOCATION_MODE; do
  [[ -z ${!name:-} ]] || carried+=("$name=${!name}")
done
if [[ -n ${SSL_CERT_FILE:-} ]]; then
  # Not where ca-certificates writes its own.
  cp "$SSL_CERT_FILE" "$machine/etc/host-certificates.crt"
  carried+=(SSL_CERT_FILE=/etc/host-certificates.crt)
fi

home=/root
if [[ $user != root ]]; then
  home=/home/$user
  chroot "$machine" sh -c "apt-get update && apt-get install -y --no-install-recommends sudo && useradd -m $user && echo '$user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/$user" >&2
fi
git clone -q "$root" "$machine$home/pessimist"
chroot "$machine" chown -R "$user" "$home/pessimist"

status=0
chroot --userspec="$user" "$machine" env -i "HOME=$home" "PATH=/usr/local/bin:/usr/bin:/bin" TERM=dumb "${carried[@]}" \
  bash -c "cd ~/pessimist && $command" || status=$?
echo "exit code $status" >&2
exit "$status"
