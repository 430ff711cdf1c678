#!/usr/bin/env bash
# Bundles the part of ECharts that report.html uses into src/Pessimist/Reporting/Assets/echarts.min.js.
# Needs Node.js and npm; nothing else in the repository does, because the result is committed.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --no-audit --no-fund
out=../../src/Pessimist/Reporting/Assets/echarts.min.js
version=$(node -p "require('echarts/package.json').version")
node_modules/.bin/esbuild entry.js --bundle --minify --format=iife --global-name=echarts --target=es2020 --legal-comments=none \
  --define:process.env.NODE_ENV='"production"' --charset=ascii --outfile="$out" \
  --banner:js="/* Apache ECharts $version, Copyright 2017-2025 The Apache Software Foundation, Apache-2.0; with parts of zrender (BSD-3-Clause), d3 (BSD-3-Clause) and tslib (0BSD). This product includes software developed at The Apache Software Foundation. Full notices: THIRD-PARTY-NOTICES.md of Pessimist. */"
ls -l "$out"
