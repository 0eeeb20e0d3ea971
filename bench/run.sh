#!/usr/bin/env bash
# Builds and runs the measurements: real servers, the service, and for comparison the limit loop,
# which only pulls, publishes and acknowledges. A full run writes tables (results.md, results.json)
# and charts to bench/results/; a partial run writes to the build folder, so that it does not
# replace the full results. Needs two cores that are otherwise idle.
#
#   run.sh                  everything, about half an hour (five minutes of it overload)
#   run.sh --quick          whether everything runs, in less than a minute; checks no times
#   run.sh --case NAME      only cases with this in their names (--list shows them); repeatable
#     --rounds N              of each case; 5
#     --overload-seconds N    how long the service is overloaded; 300
#     --patience-seconds N    how long others that use the cores are waited for, in all; 300
#     --output FOLDER         where to write the results
#     --add                   keep the results of other cases there
#     --build FOLDER          build-bench
set -euo pipefail
cd "$(dirname "$0")/.."

build="build-bench"
output=
arguments=()
whole=true quick=false
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --quick) quick=true whole=false; arguments+=("$1") ;;
    --list) whole=false; arguments+=("$1") ;;
    --case) whole=false; arguments+=("$1" "${2:?"$1 needs a value"}"); shift ;;
    --rounds | --overload-seconds | --patience-seconds)
      arguments+=("$1" "${2:?"$1 needs a value"}")
      shift
      ;;
    --add) arguments+=("$1") ;;
    --output) output=${2:?"$1 needs a value"}; shift ;;
    --build) build=${2:?"$1 needs a value"}; shift ;;
    *) echo "$0: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done
if [ -z "$output" ]; then
  output=$build/bench/results
  if $whole; then output=bench/results; fi
fi

cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DMEME_BENCH=ON > /dev/null
cmake --build "$build" -j2 --target bench/all

# A separate folder, so that an interrupted measurement leaves nothing: its servers end with it.
TMPDIR=$(mktemp -d)
export TMPDIR
running=
clean_up() {
  trap '' INT TERM HUP # to the end, however impatient
  if [ -n "$running" ]; then
    kill "$running" 2> /dev/null || true
    wait "$running" || true
  fi
  rm -rf "$TMPDIR"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
"$build/bench/bench-service" --output "$output" "${arguments[@]}" &
running=$!
wait "$running"
running=

parts=$build/bench/bench-parts
if [ ! -x "$parts" ]; then
  exit 0 # said by cmake
fi
if $whole; then
  {
    printf '\n## Pure parts\n\nEach by itself, with Google Benchmark.\n\n```\n'
    "$parts" --benchmark_color=false 2> /dev/null
    printf '```\n'
  } | tee -a "$output/results.md"
elif $quick; then
  "$parts" --benchmark_min_time=0.001
fi
