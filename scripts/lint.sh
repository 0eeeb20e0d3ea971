#!/usr/bin/env bash
# clang-tidy over the project's own sources; needs a configured build folder (for its compile commands).
# usage: scripts/lint.sh [BUILD_FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
git ls-files -z 'messages/*.cpp' 'actors/*.cpp' 'config/*.cpp' 'client/*.cpp' 'sketch-server/*.cpp' main.cpp |
  grep -zv '/test/' |
  xargs -0 -n 4 -P "$(nproc)" clang-tidy -p "$build" --quiet --extra-arg=-Wno-unknown-warning-option 2>/dev/null
echo "lint: clean"
