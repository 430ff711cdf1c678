#!/usr/bin/env bash
# Measures the diagnosis on the programs of the corpus and writes docs/accuracy.md: those on our engine, then the PyTorch scripts and their mutations.
# Recordings are kept in artifacts/corpus and artifacts/pytorch: with --again the checks judge those, and nothing is trained.
#   corpus/accuracy.sh [--again] [PART-OF-NAME]
set -euo pipefail
cd "$(dirname "$0")/.."
again=; [ "${1:-}" = --again ] && { again=1; shift; }
dotnet build corpus -c Release -v q -nologo
export PESSIMIST_TORCH_SHIM=${PESSIMIST_TORCH_SHIM:-$PWD/artifacts/native/libpessimist_torch.so} OMP_NUM_THREADS=1
corpus=(dotnet artifacts/bin/Pessimist.Corpus/release/Pessimist.Corpus.dll)
if [ -z "$again" ]; then
  # A program at a time in a process of its own: one that hangs or dies takes no other with it.
  # xargs itself stops at a child that a signal ended, so one that fails is told and passed over.
  "${corpus[@]}" names "${1:-}" | xargs -P 2 -I NAME bash -c '"$@" || echo "${!#}: exit code $?" >&2; exit 0' record timeout 300 "${corpus[@]}" record artifacts/corpus NAME
fi
if [ -z "${1:-}" ]; then
  "${corpus[@]}" table artifacts/corpus docs/accuracy.md
  "${PYTHON:-/usr/bin/python3}" corpus/pytorch/accuracy.py --all ${again:+--again} --write docs/accuracy.md
else
  "${corpus[@]}" show artifacts/corpus "$1"
fi
