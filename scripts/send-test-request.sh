#!/usr/bin/env bash
# Requests a picture, waits for it and saves it. NATS_URL or --nats-url names the server.
#
#   send-test-request.sh --prompt "A cat" [--nats-url URL] [--subject SUBJECT] [--id ID]
#     [--guidance SCALE] [--steps N] [--negative PROMPT] [--fast] [--small]
#     [any option of `meme-generator request`]
set -euo pipefail
# shellcheck source=scripts/find-meme-generator.sh
. "$(dirname "$0")/find-meme-generator.sh"
exec "${meme_generator:?}" request "$@"
