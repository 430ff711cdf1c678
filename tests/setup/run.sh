#!/usr/bin/env bash
# shellcheck disable=SC2016 # what is in single quotes is meant for the faked commands
# usage: run.sh [FILTER]   Tests of ./pessimist and build/ in a made-up machine; one line each: passed|failed NAME.
# A made-up machine is a copy of the scripts and a PATH that holds only the commands it is meant to have.
set -uo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
filter=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

basics=(bash basename cat chmod cp cut dirname env find flock grep head id kill ls mkdir mv nproc paste ps readlink rm sed setsid sleep sort tail touch true uname wc)

# A repository in a path with spaces, .NET that "builds", every library and compiler there; tests take away what they need to.
new_machine() {
  rm -rf "$work/m"
  machine=$work/m/a\ machine bin=$work/m/bin repo=$machine/the\ repo
  mkdir -p "$repo/src/Pessimist.Cli" "$repo/native" "$bin" "$work/m/home" "$work/m/include/torch/csrc/api/include/torch"
  touch "$work/m/include/torch/csrc/api/include/torch/version.h"
  cp -r "$repository/pessimist" "$repository/build" "$repository/global.json" "$repo/"
  echo x >"$repo/src/Pessimist.Cli/Program.cs"
  local command
  for command in "${basics[@]}"; do ln -s "$(type -P "$command")" "$bin/$command"; done
  fake dotnet 'echo "dotnet $*" >>"$HOME/calls"
case $1 in
  --list-sdks) cat "$HOME/sdks" ;;
  build) mkdir -p "'"$repo"'/artifacts/bin/Pessimist.Cli/release"; echo built >"'"$repo"'/artifacts/bin/Pessimist.Cli/release/Pessimist.Cli.dll"; [[ ! -e $HOME/build-fails ]] || { echo "Program.cs(1,1): error CS1002: ; expected"; exit 1; } ;;
  *) echo "ran in $PWD: ${*:2}" ;;
esac'
  # An SDK lies beside it, or a real one of this machine would be preferred.
  mkdir -p "$work/m/dotnet/sdk/10.0.401"
  mv "$bin/dotnet" "$work/m/dotnet/dotnet"
  ln -s "$work/m/dotnet/dotnet" "$bin/dotnet"
  echo '10.0.401 [/usr/share/dotnet/sdk]' >"$work/m/home/sdks"
  touch "$work/m/home/calls"
  fake c++; fake cmake; fake ninja; fake python3 'exit 1'
  fake ldconfig 'echo libstdc++.so.6 libssl.so.3 libicuuc.so.72 libopenblas.so.0 libpng16.so.16 libturbojpeg.so.0'
  printf '#!/usr/bin/env bash\necho shim >>"$HOME/calls"; mkdir -p "%s"; touch "%s/stamp"\n' "$repo/artifacts/native" "$repo/artifacts/native" >"$repo/native/build.sh"
  chmod +x "$repo/native/build.sh"
}

fake() { rm -f "$bin/$1"; printf '#!/usr/bin/env bash\n%s\n' "${2:-true}" >"$bin/$1"; chmod +x "$bin/$1"; }
wrap_dotnet() {
  mv "$work/m/dotnet/dotnet" "$bin/original"
  fake wrapper "$1"
  mv "$bin/wrapper" "$work/m/dotnet/dotnet"
}
without_libtorch() { rm -rf "$work/m/include"; }
as_user() { fake id 'echo 1000'; }

# Runs the command; leaves $status, $out, $err.
run() {
  status=0
  (cd "$work/m" && env -i PATH="$bin" HOME="$work/m/home" SSL_CERT_FILE=/dev/null PESSIMIST_SYSTEM_INCLUDE="$work/m/include" "$@") >"$work/out" 2>"$work/err" </dev/null || status=$?
  out=$(tr -d '\0' <"$work/out") err=$(tr -d '\0' <"$work/err")
}

calls() { grep -c "$1" "$work/m/home/calls" || true; }

is() { [[ $1 == "$2" ]] || { printf '%s: expected "%s", got "%s"\n' "$test" "$2" "$1" >&2; return 1; }; }
has() { [[ $1 == *"$2"* ]] || { printf '%s: expected a text with "%s", got "%s"\n' "$test" "$2" "$1" >&2; return 1; }; }

test_first_start_builds_and_runs() {
  run "$repo/pessimist" checks --format json
  is "$status" 0 && is "$out" "ran in $work/m: checks --format json" && has "$err" "building the tool" && is "$(calls 'dotnet build')" 1
}

test_second_start_builds_nothing_and_says_nothing() {
  run "$repo/pessimist" diagnose x.csv
  run "$repo/pessimist" diagnose x.csv
  is "$status" 0 && is "$err" "" && is "$(calls 'dotnet build')" 1 && is "$(calls 'list-sdks')" 1
}

test_a_changed_source_is_built_again() {
  run "$repo/pessimist" checks
  sleep 0.01
  touch "$repo/src/Pessimist.Cli/Program.cs"
  run "$repo/pessimist" checks
  is "$(calls 'dotnet build')" 2
}

test_a_deleted_source_is_noticed() {
  touch "$repo/src/Pessimist.Cli/Extra.cs"
  run "$repo/pessimist" checks
  sleep 0.01
  rm "$repo/src/Pessimist.Cli/Extra.cs"
  run "$repo/pessimist" checks
  is "$(calls 'dotnet build')" 2
}

test_a_change_during_the_build_is_noticed() {
  wrap_dotnet 'original "$@"; [[ $1 != build ]] || { sleep 0.01; touch "'"$repo"'/src/Pessimist.Cli/Program.cs"; }'
  run "$repo/pessimist" checks
  run "$repo/pessimist" checks
  is "$(calls 'dotnet build')" 2
}

test_works_through_a_symlink_and_keeps_the_folder() {
  ln -s "$repo/pessimist" "$bin/pess"
  run pess report latest
  is "$status" 0 && is "$out" "ran in $work/m: report latest"
}

test_without_libtorch_and_root_diagnose_says_what_to_type() {
  without_libtorch; as_user; fake apt-get 'echo apt-get >>"$HOME/calls"'
  run "$repo/pessimist" diagnose x.csv
  is "$status" 2 && has "$err" "libtorch-dev" && has "$err" "apt-get install -y --no-install-recommends libtorch-dev" && has "$err" "LIBTORCH=" && is "$out" "" && is "$(calls apt-get)" 0
}

test_without_libtorch_and_root_the_other_commands_work() {
  without_libtorch; as_user
  run "$repo/pessimist" explain PES201
  is "$status" 0 && run "$repo/pessimist" diagnose --help && is "$status" 0 && is "$(calls shim)" 0
}

test_without_apt_the_message_says_so() {
  without_libtorch
  run "$repo/pessimist" diagnose x.csv
  is "$status" 2 && has "$err" "no apt-get" && has "$err" "LIBTORCH="
}

test_root_installs_exactly_what_is_missing() {
  without_libtorch; rm "$bin/cmake"
  fake id 'echo 0'
  fake apt-cache 'echo "  Candidate: 1.0"'
  fake apt-get 'echo "apt-get $*" >>"$HOME/calls"'
  run "$repo/pessimist" diagnose x.csv
  is "$status" 0 && has "$err" "libtorch-dev" && has "$err" "cmake" && is "$(calls 'install -y --no-install-recommends libtorch-dev cmake$')" 1 && is "$(calls 'apt-get.*update')" 0
}

test_a_failed_install_is_tried_again_after_an_update() {
  without_libtorch; fake id 'echo 0'
  fake apt-cache 'echo "  Candidate: 1.0"'
  fake apt-get 'echo "apt-get $*" >>"$HOME/calls"; [[ "$*" != *install* || -e $HOME/updated ]] || exit 100; [[ "$*" != *update ]] || touch "$HOME/updated"'
  run "$repo/pessimist" diagnose x.csv
  is "$status" 0 && is "$(calls 'apt-get.*update')" 1 && is "$(calls 'apt-get.*install')" 2
}

test_a_release_without_libtorch_is_told_apart() {
  without_libtorch; fake id 'echo 0'
  fake apt-cache 'echo "  Candidate: (none)"'; fake apt-get
  run "$repo/pessimist" diagnose x.csv
  is "$status" 2 && has "$err" "no package libtorch-dev" && has "$err" "pip install torch"
}

test_sudo_is_called_once_and_never_waits_without_a_terminal() {
  without_libtorch; as_user; fake apt-get
  fake sudo 'echo "sudo $*" >>"$HOME/calls"; exit 1'
  run setsid -w "$repo/pessimist" diagnose x.csv
  is "$status" 2 && is "$(calls '^sudo -n')" 1 && has "$err" "run it yourself: sudo apt-get update"
}

test_a_libtorch_given_by_path_needs_no_package() {
  without_libtorch; as_user
  run env LIBTORCH=/somewhere "$repo/pessimist" diagnose x.csv
  is "$status" 0 && is "$(calls shim)" 1
}

test_a_pytorch_in_python_needs_no_package() {
  without_libtorch; as_user; fake python3 'exit 0'
  run "$repo/pessimist" diagnose x.csv
  is "$status" 0 && is "$(calls shim)" 1
}

test_only_a_parquet_file_asks_for_duckdb() {
  printf '#!/usr/bin/env bash\necho duckdb >>"$HOME/calls"\n' >"$repo/build/get-duckdb.sh"
  fake npm
  run "$repo/pessimist" diagnose x.csv
  is "$(calls duckdb)" 0 || return 1
  run "$repo/pessimist" diagnose x.parquet
  is "$status" 0 && is "$(calls duckdb)" 1 && has "$err" "DuckDB"
}

test_missing_dotnet_is_said() {
  rm "$bin/dotnet"
  mkdir -p "$work/no"
  run bash -c 'unset DOTNET_ROOT; exec "$0" checks' "$repo/pessimist"
  # The real machine may have one in /usr/share/dotnet, which is found without a PATH.
  [[ -x /usr/share/dotnet/dotnet || -x /usr/lib/dotnet/dotnet ]] || { is "$status" 2 && has "$err" ".NET 10 SDK"; }
}

test_an_old_sdk_is_named() {
  echo '8.0.404 [/usr/share/dotnet/sdk]' >"$work/m/home/sdks"
  run "$repo/pessimist" checks
  is "$status" 2 && has "$err" "8.0.404" && has "$err" "install the .NET 10 SDK"
}

test_a_failed_build_shows_the_error_and_is_not_taken_for_done() {
  touch "$work/m/home/build-fails"
  run "$repo/pessimist" checks
  is "$status" 2 && has "$err" "CS1002" && has "$err" "setup.log" || return 1
  rm "$work/m/home/build-fails"
  run "$repo/pessimist" checks
  is "$status" 0 && is "$(calls 'dotnet build')" 2
}

test_an_interrupted_build_starts_from_scratch() {
  mkdir -p "$repo/artifacts/setup"
  touch "$repo/artifacts/setup/building"
  run "$repo/pessimist" checks
  is "$status" 0 && is "$(calls 'no-incremental')" 1
}

test_two_starts_at_once_build_once() {
  wrap_dotnet '[[ $1 != build ]] || sleep 0.3; original "$@"'
  (run "$repo/pessimist" checks) &
  run "$repo/pessimist" checks
  wait
  is "$status" 0 && is "$(calls 'dotnet build')" 1
}

test_unknown_options_of_test_are_refused() {
  status=0
  err=$("$repository/test" --frobnicate 2>&1) || status=$?
  is "$status" 2 && has "$err" "unknown option '--frobnicate'"
}

test_unknown_suites_are_refused_with_the_list() {
  status=0
  err=$("$repository/test" Nope 2>&1) || status=$?
  is "$status" 2 && has "$err" "Pessimist.Tests"
}

for test in $(compgen -A function test_); do
  [[ $test == *"$filter"* ]] || continue
  new_machine
  if "$test"; then echo "passed $test"; else echo "failed $test"; fi
done
