# shellcheck shell=bash
# Shared by ./pessimist and ./test, with $root set: finds what the machine lacks, installs it, builds. Talks on stderr only.
root=${root:?the folder of the repository}
state=$root/artifacts/setup
log=$root/artifacts/setup.log
sdk_help="install the .NET 10 SDK (https://dotnet.microsoft.com/download/dotnet/10.0), then run this again"
system_include=${PESSIMIST_SYSTEM_INCLUDE:-/usr/include}

say() { printf 'pessimist: %s\n' "$*" >&2; }

# die MESSAGE [HELP...]
die() {
  printf 'error: %s\n' "$1" >&2
  shift
  [[ $# -eq 0 ]] || printf 'help: %s\n' "$@" >&2
  exit 2
}

trap 'exit 130' INT

on_terminal() { [[ -t 2 && ${TERM:-dumb} != dumb ]]; }

# quietly WHAT COMMAND...: the command's output goes to the log; a terminal shows the seconds.
quietly() {
  local what=$1 ticker='' status=0
  shift
  SECONDS=0
  say "$what"
  printf '\n== %s\n' "$*" >>"$log"
  if on_terminal; then
    (
      # Ctrl-C does not reach a background job of a script: watch the script instead.
      while sleep 1 && kill -0 $$ 2>/dev/null; do printf '\rpessimist: %d s ' "$SECONDS" >&2; done
    ) 9>&- &
    ticker=$!
  fi
  "$@" >>"$log" 2>&1 9>&- || status=$?
  if [[ -n $ticker ]]; then
    kill "$ticker" 2>/dev/null
    wait "$ticker" 2>/dev/null || true
    printf '\r\e[K' >&2
  fi
  return "$status"
}

open_state() {
  [[ $(uname -sm) == "Linux x86_64" ]] ||
    die "this is $(uname -sm); pessimist is built for Linux on x64" "run it on Linux x64, or in a container or virtual machine of it"
  { mkdir -p "$state" && [[ -w $state ]]; } 2>/dev/null ||
    die "cannot write to $root/artifacts, where the build goes" "make it writable, or copy the folder to a place that is yours"
  exec 9>"$state/lock"
  if ! flock -n 9; then
    say "another start is setting things up; waiting for it"
    flock 9
  fi
  [[ -s $log && $(wc -c <"$log") -lt 1000000 ]] || : >"$log"
}

close_state() { exec 9>&-; }

# $dotnet: the first one that has a .NET 10 SDK beside it, else the first one.
find_dotnet() {
  local candidate
  dotnet=
  for candidate in "$(command -v dotnet || true)" ${DOTNET_ROOT:+"$DOTNET_ROOT/dotnet"} "${HOME:-/root}/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
    [[ -x $candidate ]] || continue
    [[ -n $dotnet ]] || dotnet=$candidate
    if compgen -G "$(dirname "$(readlink -f "$candidate")")/sdk/10.0.*" >/dev/null; then
      dotnet=$candidate
      return
    fi
  done
  [[ -n $dotnet ]] || die ".NET is missing: no 'dotnet' on the PATH, in ~/.dotnet or in /usr/share/dotnet" "$sdk_help"
}

check_sdk() {
  local sdks
  # Without ICU the SDK refuses to start unless it is told that it may.
  [[ ${libraries:=$(list_libraries)} == *libicuuc.so* ]] || export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
  [[ -n ${HOME:-} && -w ${HOME:-} ]] || export DOTNET_CLI_HOME=$state NUGET_PACKAGES=$state/packages
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true DOTNET_GENERATE_ASPNET_CERTIFICATE=false
  sdks=$("$dotnet" --list-sdks 2>>"$log") || die "'$dotnet --list-sdks' fails; see $log" "repair or reinstall the .NET 10 SDK"
  [[ $'\n'$sdks == *$'\n'10.0.* ]] ||
    die "the .NET 10 SDK is missing: $dotnet has ${sdks:-no SDK at all}" "$sdk_help"
}

list_libraries() { PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null || true; }

# need PACKAGE[|OTHER NAME] WHY
need() {
  missing+=("$1")
  reasons+=("$2")
}

need_library() { [[ $libraries == *"$1"* ]] || need "$2" "$3"; }

# What the .NET SDK itself leans on; its packages bring these along, an unpacked archive does not.
check_for_dotnet() {
  need_library libstdc++.so.6 libstdc++6 ".NET needs the C++ runtime"
  need_library libssl.so "libssl3|libssl3t64" "restoring packages over HTTPS"
  [[ -s /etc/ssl/certs/ca-certificates.crt || -n ${SSL_CERT_FILE:-}${SSL_CERT_DIR:-} ]] ||
    need ca-certificates "restoring packages over HTTPS"
}

# A PyTorch wheel brings its own libtorch, with headers; native/build.sh takes it when it is the newer one.
python_has_libtorch() {
  python3 -c '
import importlib.util, os, sys
spec = importlib.util.find_spec("torch")
folder = os.path.dirname(spec.origin) if spec and spec.origin else ""
sys.exit(not (os.path.exists(folder + "/lib/libtorch_cpu.so") and os.path.isdir(folder + "/include/ATen")))' 2>/dev/null
}

check_for_libtorch() {
  if [[ -z ${LIBTORCH:-} ]] && { [[ -e $system_include/torch/csrc/api/include/torch/version.h ]] || ! python_has_libtorch; }; then
    [[ -e $system_include/torch/csrc/api/include/torch/version.h ]] || need libtorch-dev "tensors, networks and automatic differentiation"
    [[ $libraries == *libopenblas* || $libraries == *libmkl_rt* ]] || need libopenblas0-pthread "fast matrix products; without it training crawls"
  fi
  command -v c++ >/dev/null || need g++ "compiles the bridge between .NET and libtorch"
  command -v cmake >/dev/null || need cmake "configures that build"
  command -v ninja >/dev/null || command -v make >/dev/null || need ninja-build "runs that build"
  need_library libpng16.so "libpng16-16|libpng16-16t64" "reads PNG images"
  need_library libturbojpeg.so "libturbojpeg0|libturbojpeg" "reads JPEG images"
}

check_for_tests() {
  need_library libicuuc.so "libicu72|libicu70|libicu74|libicu76|libicu78" "tests under other cultures"
  /usr/bin/python3 -c 'import importlib.util as u, sys; sys.exit(not (u.find_spec("torch") and u.find_spec("numpy")))' 2>/dev/null ||
    { need python3-torch "tests compare results with PyTorch"; need python3-numpy "tests exchange arrays with NumPy"; }
}

can_install() { command -v apt-get >/dev/null && { [[ $(id -u) == 0 ]] || command -v sudo >/dev/null; }; }

# install_missing CHECK...: runs the checks and installs what they found missing.
install_missing() {
  local check i
  missing=() reasons=()
  libraries=$(list_libraries)
  for check in "$@"; do "$check"; done
  [[ ${#missing[@]} -gt 0 ]] || return 0

  local names=("${missing[@]%%|*}") prefix=()
  local command="apt-get install -y --no-install-recommends ${names[*]}"
  say "this machine lacks:"
  for i in "${!missing[@]}"; do printf '  %-22s %s\n' "${names[i]}" "${reasons[i]}" >&2; done
  command -v apt-get >/dev/null ||
    die "there is no apt-get here, so nothing was installed" "install what is listed above by other means; a libtorch elsewhere is used with LIBTORCH=/path/to/libtorch"
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null ||
      die "installing needs root, and there is no sudo" "as root, run: $command" "without root: 'pip install torch' or LIBTORCH=/path/to/libtorch stand in for libtorch-dev"
    prefix=(sudo)
    { : </dev/tty; } 2>/dev/null || prefix=(sudo -n)
    say "installing them with apt-get; sudo may ask for your password"
  else
    say "installing them with apt-get"
  fi

  local status=0
  "${prefix[@]}" bash "$root/build/install-packages.sh" "${missing[@]}" 3>&2 >>"$log" 2>&1 9>&- || status=$?
  [[ $status -eq 0 ]] || {
    tail -n 15 "$log" | sed 's/^/  /' >&2
    die "installing failed (log: $log)" "run it yourself: sudo apt-get update && sudo $command" \
      "where libtorch-dev does not exist: 'pip install torch' or LIBTORCH=/path/to/libtorch stand in for it"
  }
}

# True when the command asked for trains networks. Everything else works without libtorch, and without root.
needs_libtorch() {
  local word found=1
  for word in "$@"; do
    case $word in
      diagnose | step | compare | models) found=0 ;;
      -h | --help | '-?') return 1 ;;
    esac
  done
  return "$found"
}

check_for_npm() { command -v npm >/dev/null || need npm "fetches DuckDB, which reads Parquet"; }

needs_parquet() {
  local word
  for word in "$@"; do
    [[ $word != *.[Pp][Aa][Rr][Qq][Uu][Ee][Tt] ]] || return 0
  done
  return 1
}

# prepare_duckdb [CHECK...]: DuckDB's library. A failure is no end: the tool says what to do about a Parquet file that it cannot read.
prepare_duckdb() {
  [[ ! -e $root/artifacts/duckdb/libduckdb.so ]] || return 0
  open_state
  install_missing "$@"
  quietly "fetching DuckDB, which reads Parquet (once)" "$root/build/get-duckdb.sh" || say "DuckDB could not be fetched; Parquet files cannot be read (log: $log)"
  close_state
}

# newer_than STAMP PATH...: true when there is no stamp, or one of the files or folders changed after it.
newer_than() { [[ ! -e $1 || -n $(find "${@:2}" -newer "$1" ! -path '*/__pycache__*' -print -quit 2>/dev/null) ]]; }

# Packages and the shim. native/build.sh knows by itself when there is nothing to do, and then takes no time.
prepare_libtorch() {
  [[ -e $state/packages ]] && ! newer_than "$root/artifacts/native/stamp" "$root/native" && "$root/native/build.sh" 2>/dev/null && return
  open_state
  install_missing check_for_dotnet check_for_libtorch
  quietly "building the bridge to libtorch (once, about a minute)" "$root/native/build.sh" || {
    tail -n 20 "$log" | grep -v '^$' | sed 's/^/  /' >&2
    die "the bridge to libtorch could not be built (log: $log)" "LIBTORCH=/path/to/libtorch chooses another libtorch"
  }
  touch "$state/packages"
  close_state
}

shared_sources=("$root"/src "$root"/python "$root"/Directory.*.props "$root"/global.json)

tool_is_current() {
  newer_than "$state/tool" "${shared_sources[@]}" && return 1
  read -r tool <"$state/tool"
  tool=$root/artifacts/tool/$tool
  [[ -e $tool/Pessimist.Cli.dll ]]
}

# build STAMP PROJECT WHAT: marks a build under way, so that the one after an interruption starts from scratch.
build() {
  local arguments=(-c Release -nologo -nodeReuse:false -p:UseSharedCompilation=false)
  [[ ! -e $state/building ]] || arguments+=(--no-incremental)
  touch "$state/building" "$1.new"
  if ! quietly "$3" "$dotnet" build "$root/$2" "${arguments[@]}"; then
    { grep -E '(error|Error) *[A-Z]+[0-9]+ *:|: error' "$log" | sort -u | tail -n 15 | grep . || tail -n 15 "$log"; } | sed 's/^/  /' >&2
    rm -f "$state/building" "$1.new"
    if grep -q 'error NU1301' "$log"; then
      die "packages of .NET could not be downloaded (log: $log)" "check the network, the proxy (https_proxy) and the certificates (SSL_CERT_FILE), then run this again"
    fi
    die "the build failed (log: $log)"
  fi
  rm -f "$state/building"
}

# The built tool, in a folder of its own ($tool): a build never writes into files that a running one has mapped.
prepare_tool() {
  tool_is_current && return
  open_state
  if ! tool_is_current; then
    install_missing check_for_dotnet
    check_sdk
    build "$state/tool" src/Pessimist.Cli/Pessimist.Cli.csproj "building the tool (once, and after each change)"
    local generation=$$.$RANDOM old
    mkdir -p "$root/artifacts/tool"
    cp -r "$root/artifacts/bin/Pessimist.Cli/release" "$root/artifacts/tool/$generation.new"
    mv "$root/artifacts/tool/$generation.new" "$root/artifacts/tool/$generation"
    old=$(cat "$state/tool" 2>/dev/null || true)
    # The time of the stamp is when the build began: what changed meanwhile is newer.
    printf '%s\n' "$generation" >"$state/tool.name"
    touch -r "$state/tool.new" "$state/tool.name"
    rm "$state/tool.new"
    mv "$state/tool.name" "$state/tool"
    tool=$root/artifacts/tool/$generation
    # One generation stays for processes that still run from it.
    find "$root/artifacts/tool" -mindepth 1 -maxdepth 1 ! -name "$generation" ! -name "${old:-$generation}" -exec rm -rf {} +
  fi
  close_state
}
