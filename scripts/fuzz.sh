#!/usr/bin/env bash
# Runs the fuzz targets of test/fuzz (all, or the named ones) with libFuzzer, one after the other.
# Needs clang and its sanitizer runtimes (Debian: clang, libclang-rt-14-dev or later).
# An input that fails is in build-fuzz/findings/: fix the fault, and put the input into
# test/fuzz/corpus/TARGET as a test.
#
#   fuzz.sh [TARGET…] [--seconds N]     default: 60 seconds each
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=60
targets=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=${2:?"--seconds needs a number"}; shift ;;
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    -*) echo "$0: unknown option $1" >&2; exit 2 ;;
    *) targets+=("$1") ;;
  esac
  shift
done
if [ ${#targets[@]} -eq 0 ]; then
  mapfile -t targets < <(cd test/fuzz/corpus && printf '%s\n' * | sort)
fi
command -v clang++ > /dev/null || {
  echo "$0: clang++ is missing (Debian: apt install clang libclang-rt-14-dev)" >&2
  exit 1
}

cmake --preset fuzz
cmake --build --preset fuzz

export UBSAN_OPTIONS=print_stacktrace=1
failed=0
for target in "${targets[@]}"; do
  program=build-fuzz/test/fuzz/fuzz_$target
  corpus=test/fuzz/corpus/$target
  found=build-fuzz/corpus/$target # grows from run to run
  dictionary=test/fuzz/dictionary/$target
  mkdir -p "$found" build-fuzz/findings
  options=(-timeout=10 -rss_limit_mb=2048)
  if [ -e "$dictionary" ]; then
    options+=(-dict="$dictionary")
  fi
  echo "== $target, $seconds s"
  "$program" "${options[@]}" -max_total_time="$seconds" -print_final_stats=1 \
    -artifact_prefix="build-fuzz/findings/$target-" "$found" "$corpus" || failed=1
done
exit "$failed"
