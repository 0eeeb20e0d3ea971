# Source this file: it sets `meme_generator` to the program that MEME_GENERATOR names, else to the
# built one, else to the one on PATH.
# shellcheck shell=bash
meme_generator=${MEME_GENERATOR:-}
if [ -z "$meme_generator" ]; then
  meme_generator=$(dirname "${BASH_SOURCE[0]}")/../build/meme-generator
  [ -x "$meme_generator" ] || meme_generator=$(command -v meme-generator) || {
    echo "meme-generator is neither built nor on PATH (scripts/demo.sh builds it)" >&2
    exit 1
  }
fi
