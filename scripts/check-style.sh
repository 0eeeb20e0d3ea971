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
mapfile -t scripts < <(tracked '*.mjs' '*.py')
mapfile -t core < <(tracked 'messages/*' 'actors/*' 'config/*.?pp' 'client/*' main.cpp)

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
  < <(grep -nHE '^.{101,}' "${cpp[@]}" "${cmake[@]}" "${shell[@]}" "${scripts[@]}" \
    | cut -c1-140 || true)

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

# Where each folder's headers may come from, beside itself. A rule of one actor that another needs
# is pure code in the folder of the one that it is about.
declare -A may_include=(
  [messages]=''
  [config]='messages'
  [config/address]='messages'
  [config/settings]='messages config/address'
  [config/sources]='messages config/settings'
  [actors/io]='messages config'
  [actors/base]='messages config actors/io'
  [actors/metrics]='messages config actors/io actors/base'
  [actors/pictures]='messages config actors/io actors/base actors/metrics'
  [actors/cache]='messages config actors/io actors/base actors/metrics actors/pictures'
  [actors/generator]='messages config actors/io actors/base actors/metrics actors/pictures'
  [actors/ingress]='messages config actors/io actors/base actors/metrics actors/cache
    actors/generator'
  [actors/publisher]='messages config actors/io actors/base actors/metrics actors/ingress'
  [actors/provisioner]='messages config actors/io actors/base actors/metrics actors/ingress
    actors/publisher'
  [actors/supervisor]='messages config actors/[a-z]+'
  [client/commands]='messages config actors/[a-z]+ client'
  [client]='messages config actors/[a-z]+'
)
own='"(actors|client|config|messages|sketch-server|test|bench)/'
for folder in "${!may_include[@]}"; do
  allowed="$folder ${may_include[$folder]}"
  report "$folder includes only: ${may_include[$folder]:-itself}" \
    < <(grep -rnE "#include $own" "$folder" \
      | grep -vE "\"($(tr -s ' \n' '|' <<< "${allowed%% }"))/" || true)
done
for folder in actors/*/; do
  [ -n "${may_include[${folder%/}]+known}" ] || report 'has no rule here' <<< "$folder"
done
report 'io includes of the configuration only options and addresses' \
  < <(grep -rnE '#include "config/' actors/io \
    | grep -vE '"config/(options.hpp|address/)' || true)

# tsort names the folders of a circle.
report 'no circle between folders' < <(
  for file in "${core[@]}"; do
    grep -hoE "^#include ${own}[^\"]*" "$file" | sed -E 's,.*",,; s,/[^/]*$,,' \
      | sed "s,^,$(dirname "$file") ,"
  done | awk '$1 != $2' | sort -u | tsort 2>&1 > /dev/null | sed 's/^tsort: //' || true)

# Who includes the header of another actor could reach past its interface. The supervisor spawns
# them all.
actor_headers=$(grep -lrE '\<spawn_[a-z_]+\(' actors --include='*.hpp' || true)
for header in $actor_headers; do
  report 'actors meet only through messages/interfaces.hpp' \
    < <(grep -rnF "#include \"$header\"" actors \
      | grep -vE "^(actors/supervisor|$(dirname "$header"))/" || true)
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
