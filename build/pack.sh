#!/usr/bin/env bash
# usage: build/pack.sh [--no-build] FOLDER
# Packs Pessimist, Pessimist.Torch and Pessimist.Engine into FOLDER, which then serves as a NuGet source. The bridge to libtorch in them is the one
# for the libtorch of this machine. --no-build takes what lies in artifacts/bin.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
. "$root/build/setup.sh"

arguments=(-c Release -nologo -v quiet -nodeReuse:false -p:UseSharedCompilation=false)
if [[ ${1:-} == --no-build ]]; then
  arguments+=(--no-build)
  shift
fi
[[ $# -eq 1 && $1 != -* ]] || die "the folder for the packages is missing" "$(sed -n '2s/^# //p' "$0")"
mkdir -p "$1"
folder=$(cd "$1" && pwd)

find_dotnet
check_sdk
"$root/native/build.sh"
for name in Pessimist Pessimist.Torch Pessimist.Engine; do
  "$dotnet" pack "$root/src/$name/$name.csproj" "${arguments[@]}" -o "$folder"
done
ls "$folder"/*.nupkg
