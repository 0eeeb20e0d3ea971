#!/usr/bin/env bash
# Installs missing packages, builds, and runs every test, like the continuous integration.
#
#   test.sh [--preset release|debug|asan] [--no-install] [-- options of ctest]
set -euo pipefail
cd "$(dirname "$0")/.."

preset=release
install=true
while [ $# -gt 0 ]; do
  case $1 in
    --preset) preset=${2:?"--preset needs a name"}; shift ;;
    --no-install) install=false ;;
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --) shift; break ;;
    *) echo "$0: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done

if $install; then
  scripts/install-deps.sh
fi
cmake --preset "$preset"
cmake --build --preset "$preset"
exec ctest --preset "$preset" --output-on-failure -j2 "$@"
