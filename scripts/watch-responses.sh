#!/usr/bin/env bash
# Saves each picture that is published while it runs. NATS_URL or --nats-url names the server.
#
#   watch-responses.sh [--nats-url URL] [--subject SUBJECT] [--output-dir FOLDER]
#     [--timeout SECONDS] [any option of `meme-generator watch`]
set -euo pipefail
# shellcheck source=scripts/find-meme-generator.sh
. "$(dirname "$0")/find-meme-generator.sh"
exec "${meme_generator:?}" watch "$@"
