#!/usr/bin/env bash
# Generates load for a running service: first copies of one request as fast as the queue accepts
# them, with `nats bench` (the nats program of natscli); then generated prompts at a steady rate,
# with `meme-generator load`, which prints latencies.
#
#   nats-bench.sh [--nats-url URL] [--stream MEMES] [--subject meme.request]
#     [--msgs 1000] [--payload FILE]                     of nats bench; 0: skip it
#     [--count 200] [--rate 20] [--hit-ratio 0.3]        of meme-generator load; 0: skip it
#
# NATS_URL names the server, too, and MEME_NATS_INBOX_PREFIX the inboxes that the user may read.
# With --payload the request is your own file. In Kubernetes: k8s/overlays/demo/load.yaml.
set -euo pipefail
cd "$(dirname "$0")/.."

url=${NATS_URL:-nats://127.0.0.1:4222}
stream=${NATS_STREAM:-MEMES}
subject=${NATS_REQUEST_SUBJECT:-meme.request}
msgs=1000 payload='' count=200 rate=20 hit_ratio=0.3
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --nats-url) url=${2:?"$1 needs a value"} ;;
    --stream) stream=${2:?"$1 needs a value"} ;;
    --subject) subject=${2:?"$1 needs a value"} ;;
    --msgs) msgs=${2:?"$1 needs a value"} ;;
    --payload) payload=${2:?"$1 needs a value"} ;;
    --count) count=${2:?"$1 needs a value"} ;;
    --rate) rate=${2:?"$1 needs a value"} ;;
    --hit-ratio) hit_ratio=${2:?"$1 needs a value"} ;;
    *) echo "$0: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done

if [ "$msgs" -gt 0 ]; then
  nats=$(command -v nats) || {
    echo "the nats program is missing: go install github.com/nats-io/natscli/nats@latest" >&2
    echo "(or --msgs 0: without it)" >&2
    exit 1
  }
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  if [ -z "$payload" ]; then
    payload=$folder/request.json
    echo '{"prompt": "A cat wearing a space helmet on Mars", "small_image": true}' > "$payload"
  fi
  echo "$msgs requests of $(wc -c < "$payload") bytes with nats bench"
  "$nats" --server "$url" --inbox-prefix "${MEME_NATS_INBOX_PREFIX:-_INBOX}" \
    bench js pub async "$subject" --stream "$stream" --msgs "$msgs" --payload "$payload"
fi

if [ "$count" -gt 0 ]; then
  # shellcheck source=scripts/find-meme-generator.sh
  . scripts/find-meme-generator.sh
  echo "$count generated requests, $rate a second, $hit_ratio of them repeated"
  "${meme_generator:?}" load --nats-url "$url" --subject "$subject" --count "$count" \
    --rate "$rate" --hit-ratio "$hit_ratio"
fi
