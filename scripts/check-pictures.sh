#!/usr/bin/env bash
# For maintainers: compares pictures that the service has recompressed with Pillow's results. Users
# and the test suite need neither Python nor this script.
#
#   check-pictures.sh --program build/meme-generator FOLDER…
#
# The folders have pictures, for example PngSuite, or Tests/images of Pillow's source package.
# Prints each complete picture that is refused or looks different; the exit status is then 1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

program=
folders=()
while [ $# -gt 0 ]; do
  case $1 in
    --program) program=$2; shift ;;
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    -*) echo "$0: unknown option $1" >&2; exit 2 ;;
    *) folders+=("$1") ;;
  esac
  shift
done
if [ -z "$program" ] || [ ${#folders[@]} -eq 0 ]; then
  echo "usage: $0 --program PATH FOLDER…" >&2
  exit 2
fi

environment=$(mktemp -d)
trap 'rm -rf "$environment"' EXIT
python3 -m venv "$environment"
"$environment/bin/pip" install -q -r "$here/check-pictures.requirements.txt"
"$environment/bin/python" "$here/check-pictures.py" "$program" "${folders[@]}"
