#!/usr/bin/env bash
# Fetches DuckDB's library, which reads Parquet, into artifacts/duckdb: the official libduckdb.so as its npm package carries it.
set -euo pipefail

version=1.5.6-r.1
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
target="$root/artifacts/duckdb"

case "$(uname -m)" in
  x86_64) package="@duckdb/node-bindings-linux-x64" ;;
  aarch64) package="@duckdb/node-bindings-linux-arm64" ;;
  *) echo "get-duckdb: no DuckDB package for $(uname -m)" >&2; exit 1 ;;
esac

if [ -f "$target/libduckdb.so" ] && [ "$(cat "$target/version" 2>/dev/null)" = "$version" ]; then
  exit 0
fi
command -v npm > /dev/null || { echo "get-duckdb: npm is needed (apt-get install npm)" >&2; exit 1; }

temporary="$(mktemp -d)"
trap 'rm -rf "$temporary"' EXIT
(cd "$temporary" && npm pack --silent "$package@$version" > /dev/null && tar -xzf ./*.tgz)
mkdir -p "$target"
install -m 755 "$temporary/package/libduckdb.so" "$target/libduckdb.so"
install -m 644 "$temporary/package/LICENSE" "$target/LICENSE"
echo "$version" > "$target/version"
echo "DuckDB $version is in $target"
