#!/usr/bin/env bash
# Checks the rules of the house that a machine can check; prints each offence as file:line: text.
#
#   check-style.sh
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

offences=0
# Each line on standard input is one offence against the rule that $1 names.
report() {
  local line
  while IFS= read -r line; do
    echo "$line  [$1]"
    offences=$((offences + 1))
  done
}

tracked() { git ls-files --cached --others --exclude-standard -- "$@" | sort -u; }
mapfile -t cpp < <(tracked '*.cpp' '*.hpp')
mapfile -t cmake < <(tracked 'CMakeLists.txt' '*/CMakeLists.txt' '*.cmake')
mapfile -t shell < <(tracked '*.sh' '.ci/run')
mapfile -t core < <(tracked 'messages/*' 'actors/*' 'config/*.?pp' main.cpp)

# The output of clang-format differs between versions; 14 is Debian 12's.
if clang-format --version 2> /dev/null | grep -q 'version 14\.'; then
  report 'clang-format -i' \
    < <(clang-format --dry-run "${cpp[@]}" 2>&1 \
      | awk -F: '/warning:/ && !seen[$1]++ {print $1 ":" $2 ":"}')
else
  echo 'note: clang-format 14 is not installed, formatting is not checked'
fi

report 'at most 400 lines a file' \
  < <(awk 'FNR == 401 {print FILENAME ":401:"}' "${cpp[@]}" "${cmake[@]}" "${shell[@]}")
report 'at most 100 columns' \
  < <(grep -nHE '^.{101,}' "${cpp[@]}" "${cmake[@]}" "${shell[@]}" | cut -c1-140 || true)

# In formatted code a function ends with a lone } in the column of its first line, and nothing in
# between stands in that column: 0 for a free function, 2 for one in a class.
report 'at most 70 lines a function' < <(awk '
  FNR == 1 { first[0] = first[2] = 1 }
  {
    match($0, /^ */)
    if ($0 == "" || RLENGTH > 2)
      next
    if ($0 ~ /^ *}$/ && FNR - first[RLENGTH] >= 70)
      print FILENAME ":" first[RLENGTH] ": " FNR - first[RLENGTH] + 1 " lines"
    first[RLENGTH] = FNR
  }' "${cpp[@]}")

own='#include "(actors|client|config|messages|sketch-server|test)/'
report 'policy includes nothing of ours but messages' \
  < <(grep -rnE "$own" actors/policy | grep -vE '"(messages|actors/policy)/' || true)
report 'io includes no actors, and of the configuration only options and addresses' \
  < <(grep -rnE "$own" actors/io \
    | grep -vE '"(messages|actors/io)/|"config/(options|address|clear_text).hpp"' || true)
report 'messages include nothing of ours but io and policy' \
  < <(grep -rnE "$own" messages | grep -vE '"(messages|actors/io|actors/policy)/' || true)

# Who includes the header of another actor could reach past its interface. The supervisor spawns
# them all, the service the supervisor.
actor_headers=$(grep -lE '\<spawn_[a-z_]+\(' actors/*.hpp || true)
for file in actors/*.?pp; do
  for header in $actor_headers; do
    name=$(basename "$header" .hpp)
    case $file in actors/supervisor.* | actors/service.cpp | "actors/$name"*) continue ;; esac
    report 'actors meet only through messages/interfaces.hpp' \
      < <(grep -nHF "#include \"$header\"" "$file" || true)
  done
done

report 'threads and locks are the actor system'"'"'s' \
  < <(grep -nHE 'std::(thread|jthread|(recursive_|shared_)?mutex|condition_variable|async)\>' \
    "${core[@]}" || true)

for script in "${shell[@]}"; do
  report 'bash -n' < <(bash -n "$script" 2>&1 || true)
done
if command -v shellcheck > /dev/null; then
  report shellcheck < <(shellcheck --external-sources --format=gcc "${shell[@]}" || true)
else
  echo 'note: shellcheck is not installed, scripts are only parsed'
fi

if [ "$offences" -gt 0 ]; then
  echo "$offences offences"
  exit 1
fi
echo 'the style is kept'
