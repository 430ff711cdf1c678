#!/usr/bin/env bash
# Builds artifacts/native/libpessimist_torch.so against the libtorch in $LIBTORCH, else the newer of the PyTorch found
# in python3 and the system's libtorch. Does nothing when neither the sources nor the libtorch changed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${PESSIMIST_NATIVE_OUT:-$here/../artifacts/native}
so=$out/libpessimist_torch.so
stamp=$out/stamp
python=$(command -v python3 || true)
key="LIBTORCH=${LIBTORCH:-} python=$python venv=${VIRTUAL_ENV:-}"

# stamp: line 1 the key, line 2 the chosen libtorch (empty: the system's), then the folders whose change means "look again".
up_to_date() {
  [[ -f $so && -f $stamp ]] || return 1
  local lines watched
  mapfile -t lines <"$stamp"
  [[ ${lines[0]} == "$key" ]] || return 1
  for watched in "$here"/*.{h,cpp,txt,sh} "${lines[@]:2}"; do
    [[ -e $watched && ! $watched -nt $stamp ]] || return 1
  done
}
up_to_date && exit 0

fail() {
  printf 'native/build.sh: %s\n' "$@" >&2
  exit 1
}
mkdir -p "$out"
exec 9>"$out/lock"
flock 9
up_to_date && exit 0

touch "$out/started"
header_version() { sed -n 's/^ *"\([0-9][0-9.]*\).*"$/\1/p' "$1/torch/csrc/api/include/torch/version.h" 2>/dev/null | head -1; }
newer() { [[ $1 != "$2" && $(printf '%s\n' "$1" "$2" | sort -V | tail -1) == "$1" ]]; }

system=$(header_version /usr/include)
chosen=
watch=()
if [[ -n ${LIBTORCH:-} ]]; then
  [[ -e $LIBTORCH/lib/libtorch_cpu.so && -d $LIBTORCH/include/ATen ]] ||
    fail "LIBTORCH=$LIBTORCH has no lib/libtorch_cpu.so or no include/ATen; point it at an unpacked libtorch or at the torch folder of a PyTorch installation"
  chosen=$(cd "$LIBTORCH" && pwd)
elif [[ -n $python ]]; then
  # find_spec does not import torch, which takes seconds.
  mapfile -t found < <("$python" -c '
import importlib.util, os, sys
spec = importlib.util.find_spec("torch")
print(os.path.dirname(spec.origin) if spec and spec.origin else "")
for p in sys.path:
    if os.path.isdir(p) and p.endswith("-packages"): print(p)' 2>/dev/null || true)
  torch=${found[0]:-}
  watch=("${found[@]:1}")
  if [[ -n $torch && -e $torch/lib/libtorch_cpu.so && -d $torch/include/ATen ]]; then
    version=$(header_version "$torch/include")
    if [[ -z $system ]] || newer "$version" "$system"; then chosen=$torch; fi
  fi
fi
[[ -n $chosen || -n $system ]] ||
  fail "no libtorch was found" "install it with: sudo apt-get install libtorch-dev libopenblas0-pthread" "or set LIBTORCH to an unpacked libtorch or to the torch folder of a PyTorch installation"
for tool in cmake c++; do
  command -v $tool >/dev/null || fail "'$tool' is missing; install it with: sudo apt-get install cmake g++"
done
[[ -n $chosen ]] && watch+=("$chosen/lib/libtorch_cpu.so") || watch+=(/usr/include/torch/csrc/api/include/torch/version.h)

generator=()
command -v ninja >/dev/null && generator=(-G Ninja)
build=$out/build-$(printf '%s' "$chosen" | cksum | cut -d' ' -f1)
log=$out/build.log
if ! { cmake "${generator[@]}" -S "$here" -B "$build" -DCMAKE_BUILD_TYPE=Release -DLIBTORCH="$chosen" && cmake --build "$build"; } >"$log" 2>&1; then
  grep -E 'error|Error' "$log" | head -20 >&2 || tail -20 "$log" >&2
  fail "the build against libtorch ${chosen:-$system} failed; the whole log is in $log"
fi
# Moved, not copied over: a process that has the old one loaded keeps it.
cp "$build/libpessimist_torch.so" "$so.new"
mv "$so.new" "$so"
printf '%s\n' "$key" "$chosen" "${watch[@]}" >"$stamp.new"
touch -r "$out/started" "$stamp.new" # a source edited during the build is newer than the stamp
mv "$stamp.new" "$stamp"
