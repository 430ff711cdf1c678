#!/usr/bin/env bash
# Runs each command marked in README.md as <!-- output: COMMAND --> and pastes what it prints between the marks.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
new=$(mktemp)
trap 'rm -f "$new"' EXIT
inside=
while IFS= read -r line; do
  case $line in
    '<!-- output: '*' -->')
      command=${line#'<!-- output: '}
      command=${command%' -->'}
      echo "running $command" >&2
      printf '%s\n```console\n$ %s\n' "$line" "$command" >>"$new"
      # Exit code 1 means findings, which is what some of them are there to show.
      bash -c "$command -q --color never" >>"$new" </dev/null || [[ $? -eq 1 ]]
      printf '```\n' >>"$new"
      inside=1
      ;;
    '<!-- /output -->') inside= ;;&
    *) [[ -n $inside ]] || printf '%s\n' "$line" >>"$new" ;;
  esac
done <README.md
cat "$new" >README.md
