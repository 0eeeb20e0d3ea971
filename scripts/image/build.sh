#!/usr/bin/env bash
# Builds the images with podman, on a base image that it makes itself where there is none. As root.
#
#   build.sh [bookworm|trixie]    localhost/meme-generator:SUITE and :SUITE-debug, and
#                                 localhost/sketch-server:SUITE
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/image/settings.sh
. scripts/image/settings.sh

suite=${1:-trixie}
install_image_tools
scripts/image/base.sh "$suite"

# build NAME TARGET
build() {
  podman build --quiet --pull=never --network=host --layers --build-arg DEBIAN="$suite" \
    --build-arg REVISION="$(git rev-parse HEAD 2> /dev/null || echo unknown)" \
    --target "$2" --tag "localhost/$1" . > "$image_cache/build.log" 2>&1 \
    || { tail -n 40 "$image_cache/build.log" >&2; exit 1; }
  podman image inspect "localhost/$1" --format "$1: {{.Size}} bytes unpacked, uid {{.User}}"
}
build "meme-generator:$suite" service
build "meme-generator:$suite-debug" debug
build "sketch-server:$suite" sketch-server
