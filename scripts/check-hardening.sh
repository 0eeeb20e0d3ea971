#!/usr/bin/env bash
# Checks that a program has the hardening of a release; prints each offence.
#
#   check-hardening.sh [PROGRAM]     default: build/meme-generator
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C

program=${1:-build/meme-generator}
offences=0
# expect WORDS PATTERN TEXT: TEXT has a line that matches PATTERN.
expect() {
  grep -qE "$2" <<< "$3" && return
  echo "$program: $1"
  offences=$((offences + 1))
}
refuse() {
  grep -qE "$2" <<< "$3" || return 0
  echo "$program: $1"
  offences=$((offences + 1))
}

header=$(readelf --file-header --wide "$program")
segments=$(readelf --program-headers --wide "$program")
dynamic=$(readelf --dynamic --wide "$program")
symbols=$(readelf --dyn-syms --wide "$program")
expect 'is not position-independent (-pie)' 'Type: +DYN' "$header"
expect 'has no read-only relocations (-z relro)' 'GNU_RELRO' "$segments"
expect 'binds functions while it runs (-z now)' 'BIND_NOW|FLAGS.* NOW' "$dynamic"
expect 'has an executable stack (-z noexecstack)' 'GNU_STACK.* RW +0x' "$segments"
refuse 'has a segment that is writable and executable' '^ +LOAD.* RWE ' "$segments"
refuse 'looks for libraries in folders of its own' '\((RPATH|RUNPATH)\)' "$dynamic"
expect 'has no stack protector (-fstack-protector-strong)' '__stack_chk_fail' "$symbols"
expect 'has no checked functions (-D_FORTIFY_SOURCE)' '__[a-z0-9]+_chk\>' \
  "$(grep -v __stack_chk_fail <<< "$symbols")"
case $header in
  *X86-64*)
    # The note of the whole program needs all of the C library's start files to agree: Debian's do
    # not. What is looked at is what the compiler puts at the beginning of a function.
    expect 'has no landing pads for indirect jumps (-fcf-protection)' 'endbr64' \
      "$(objdump --disassemble --no-show-raw-insn "$program" | grep -m 100 endbr64 || true)"
    ;;
esac

if [ "$offences" -gt 0 ]; then
  echo "$offences offences"
  exit 1
fi
echo "$program is hardened"
