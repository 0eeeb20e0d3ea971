#!/usr/bin/env bash
# clang-tidy over the project's own sources. Takes its flags from a configured build folder.
# usage: scripts/lint.sh [BUILD_FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
# Sources that this system's libraries exclude from the build (TLS for Redis) are not checked.
git ls-files -z messages actors config client sketch-server main.cpp |
  grep -z '\.cpp$' | grep -zv '/test/' |
  while IFS= read -r -d '' file; do
    if grep -qF "/$file\"" "$build/compile_commands.json"; then printf '%s\0' "$file"; fi
  done |
  xargs -0 -n 4 -P "$(nproc)" \
    clang-tidy -p "$build" --quiet --extra-arg=-Wno-unknown-warning-option 2>/dev/null
echo "lint: clean"
