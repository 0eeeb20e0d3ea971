#!/usr/bin/env bash
# Installs missing packages, builds, starts NATS, Redis, the model (or its stand-in, without
# HF_API_TOKEN) and the service on free loopback ports, requests a picture twice, and cleans up.
#
#   demo.sh           leaves nothing running
#   demo.sh --keep    leaves everything running and prints how to use and stop it
set -euo pipefail
cd "$(dirname "$0")/.."

keep=false
case ${1:-} in
  '') ;;
  --keep) keep=true ;;
  -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  *) echo "$0: unknown option $1" >&2; exit 2 ;;
esac

prompt='A cat wearing a space helmet on Mars'
picture=$PWD/build/demo.png
step_number=0
step() {
  step_number=$((step_number + 1))
  echo "[$step_number/8] $*"
}

folder=$(mktemp -d "${TMPDIR:-/tmp}/meme-demo.XXXXXX")
pids=()
clean_up() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP # to the end, however impatient
  if $keep && [ "$status" -eq 0 ]; then
    return
  fi
  # The service first, because it may have answers to publish; NATS last.
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill "${pids[i]}" 2> /dev/null || true
    wait "${pids[i]}" 2> /dev/null || true
  done
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# start NAME COMMAND…: runs it in the background, in its own session that outlives this terminal.
start() {
  local name=$1
  shift
  setsid "$@" > "$folder/$name.out" 2> "$folder/$name.err" < /dev/null &
  pids+=($!)
}

# give_up NAME: shows the end of its output.
give_up() {
  echo "$1 does not start:" >&2
  tail -n 15 "$folder/$1.out" "$folder/$1.err" >&2
  exit 1
}

# wait_for NAME COMMAND…: waits until COMMAND succeeds, or the last started process ends.
wait_for() {
  local name=$1
  shift
  for ((tries = 0; tries < 600; tries++)); do
    if "$@" 2> /dev/null; then
      return
    fi
    kill -0 "${pids[-1]}" 2> /dev/null || give_up "$name"
    sleep 0.05
  done
  give_up "$name"
}

step 'installing what is missing'
scripts/install-deps.sh

step 'building (the first time takes some minutes)'
cmake --preset release > "$folder/cmake.log" || { cat "$folder/cmake.log" >&2; exit 1; }
cmake --build --preset release --target meme-generator sketch-server

step 'starting NATS with JetStream'
PATH=$PATH:/usr/sbin start nats-server nats-server --addr 127.0.0.1 --port -1 --http_port -1 \
  --jetstream --store_dir "$folder/jetstream" --ports_file_dir "$folder"
nats_is_up() {
  nats_ports=$(cat "$folder"/nats-server_*.ports) \
    && nats_url=$(grep -o 'nats://[0-9.:]*' <<< "$nats_ports") \
    && nats_pages=$(grep -o 'http://[0-9.:]*' <<< "$nats_ports")
}
wait_for nats-server nats_is_up
echo "      $nats_url, $nats_pages"

step 'starting Redis'
# The server cannot pick a free port. It ends at once if its port is taken; then try the next port.
redis_url=
redis_is_up_or_gone() {
  grep -q 'Ready to accept connections' "$folder/redis-server.out" || ! kill -0 "${pids[-1]}"
}
for ((tries = 0; tries < 20; tries++)); do
  port=$((20000 + RANDOM % 10000))
  start redis-server redis-server --bind 127.0.0.1 --port "$port" --save '' --dir "$folder"
  wait_for redis-server redis_is_up_or_gone
  if kill -0 "${pids[-1]}" 2> /dev/null; then
    redis_url=redis://127.0.0.1:$port
    break
  fi
  unset 'pids[-1]'
done
[ -n "$redis_url" ] || give_up redis-server
echo "      $redis_url"

if [ -n "${HF_API_TOKEN:-}" ]; then
  step 'using the Hugging Face model, as HF_API_TOKEN is set'
else
  step 'starting sketch-server, the stand-in for the model, as no HF_API_TOKEN is set'
  start sketch-server build/sketch-server --listen 127.0.0.1:0 --latency 1500
  model_is_up() {
    model_url=$(grep -o 'http://[0-9.:]*' "$folder/sketch-server.out")
  }
  wait_for sketch-server model_is_up
  export HF_API_TOKEN=none-needed HF_API_URL=$model_url/hf-inference/models/demo/sketch
  echo "      $model_url"
fi

step 'starting meme-generator'
export NATS_URL=$nats_url REDIS_URL=$redis_url
METRICS_ADDR=127.0.0.1:0 LOG_FORMAT=json start meme-generator build/meme-generator
service_is_ready() {
  pages=http://$(sed -n 's/.*"msg":"status server listening".*"address":"\([^"]*\)".*/\1/p' \
    "$folder/meme-generator.err") && curl -fsS -o /dev/null "$pages/readyz"
}
wait_for meme-generator service_is_ready
echo "      $pages/metrics"

step "asking for \"$prompt\""
first=$(build/meme-generator request --prompt "$prompt" --output "$picture")
echo "      $first"

step 'asking again'
second=$(build/meme-generator request --prompt "$prompt" --output "$picture")
echo "      $second"

took() { sed -n 's/.*, \([0-9]* ms\).*/\1/p' <<< "$1"; }
echo
echo "drawn in $(took "$first"), from the cache in $(took "$second"): $picture"
echo
counters='(requests|success|errors|cache_hits|cache_misses)_total'
durations='(processing|generation)_duration_seconds_(sum|count)'
curl -fsS "$pages/metrics" | grep -E "^meme_generator_($counters|$durations)"

if $keep; then
  printf 'kill %s\nrm -rf %q\n' "${pids[*]}" "$folder" > "$folder/stop"
  cat << END

Still running, with logs in $folder:
  NATS            $nats_url (pages: $nats_pages)
  Redis           $redis_url
  model           ${HF_API_URL:-Hugging Face}
  meme-generator  $pages/metrics

Ask for more:  NATS_URL=$nats_url scripts/send-test-request.sh --prompt 'A dog on the Moon'
Stop it:       sh $folder/stop
END
fi
