#!/usr/bin/env bash
# Runs the tests that depend on nats-server's version against other versions than the system's.
# Features of newer servers (pauses, priority groups, several filters) are tested only here.
#
#   MEME_NATS_SERVER=/path/to/nats-server check-nats-versions.sh [build folder]
#
# Several servers are separated by colons. Builds nothing: run scripts/test.sh first.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1-} in
  -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
esac
build=${1-build}
if [ -z "${MEME_NATS_SERVER-}" ]; then
  echo "$0: set MEME_NATS_SERVER to one or more servers, separated by colons" >&2
  exit 2
fi

IFS=: read -r -a servers <<< "$MEME_NATS_SERVER"
for server in "${servers[@]}"; do
  "$server" --version
  for test in integration/newer_nats_test integration/provision_test fault/deleted_test \
    fault/max_deliveries_test; do
    MEME_NATS_SERVER=$server "$build/test/$test" --color_output=no
  done
done
