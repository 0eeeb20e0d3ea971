#!/usr/bin/env bash
# Runs the image as a cluster would (read-only, uid 65532, 256 MiB, no capabilities) against real
# servers, with podman, as root:
#
#   test.sh [SUITE]    localhost/meme-generator:SUITE and localhost/sketch-server:SUITE
#
#   1. ready, with the variables of a manifest that was written for the service's predecessor
#   2. one request, from the queue to the picture
#   3. SIGTERM under load: it finishes its requests, and none is lost or done twice
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/image/settings.sh
. scripts/image/settings.sh

suite=${1:-trixie}
image=localhost/meme-generator:$suite
stand_in=localhost/sketch-server:$suite
for package in nats-server redis-server curl; do
  PATH=$PATH:/usr/sbin command -v "$package" > /dev/null || scripts/install-deps.sh
done

folder=$(mktemp -d)
chmod 755 "$folder"
name=meme-test-$$
# An address of our own, on which the ports that manifests name are free.
address=127.$((RANDOM % 250 + 2)).$((RANDOM % 250 + 1)).$((RANDOM % 250 + 1))
pids=()
clean_up() {
  local status=$?
  trap - EXIT
  for container in service stand-in watch; do
    podman rm --force --time 0 "$name-$container" > /dev/null 2>&1 || true
  done
  for pid in "${pids[@]}"; do
    kill "$pid" 2> /dev/null || true
    wait "$pid" 2> /dev/null || true
  done
  rm -rf "$folder"
  exit $status
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fail() {
  echo "$1" >&2
  for container in service stand-in watch; do
    podman logs "$name-$container" 2>&1 | tail -n 15 >&2 || true
  done
  exit 1
}

# eventually COMMAND…: within two minutes.
eventually() {
  local end=$((SECONDS + 120))
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "never came true: $*"
    sleep 0.05
  done
}

# run NAME OPTION…: as the manifest's securityContext and limits have it.
run() {
  local container=$1
  shift
  podman run --name "$name-$container" --read-only --tmpfs /tmp --user 65532:65532 \
    --cap-drop=all --security-opt=no-new-privileges --memory=256m --pids-limit=128 \
    --add-host "nats.messaging.svc.cluster.local:$address" \
    --add-host "redis-master.redis.svc.cluster.local:$address" "$@"
}

start_servers() {
  PATH=$PATH:/usr/sbin
  nats-server --addr "$address" --port 4222 --http_port 8222 --jetstream \
    --store_dir "$folder/jetstream" > "$folder/nats.log" 2>&1 &
  pids+=($!)
  redis-server --bind "$address" --port 6379 --save '' --dir "$folder" > "$folder/redis.log" 2>&1 &
  pids+=($!)
  run stand-in --detach "$stand_in" --listen "$address:8080" --latency 1500 > /dev/null
  eventually curl -fs "http://$address:8222/healthz"
  eventually curl -fs "http://$address:8080/healthz"
}

ready() { curl -fs "http://$address:9090/readyz"; }
milliseconds() { date +%s%3N; }

# start_service OPTION…: as the predecessor's manifest configured it.
start_service() {
  local began
  began=$(milliseconds)
  run service --detach \
    --env NATS_URL=nats://nats.messaging.svc.cluster.local:4222 \
    --env NATS_STREAM=MEMES --env NATS_CONSUMER=meme-generator \
    --env NATS_REQUEST_SUBJECT=meme.request --env NATS_RESPONSE_SUBJECT=meme.response \
    --env REDIS_URL=redis://redis-master.redis.svc.cluster.local:6379 \
    --env HF_API_TOKEN=hf_0123456789 --env CACHE_TTL=3600 \
    --env METRICS_ADDR="$address:9090" "$@" > /dev/null
  eventually ready
  echo "ready $(($(milliseconds) - began)) ms after podman was called," \
    "$(since_start) after its first line"
}
since_start() {
  podman logs "$name-service" 2>&1 | sed -n 's/.*"time":"[^T]*T\([0-9:.]*\)Z*".*/\1/p' | awk -F: '
    { t = $1 * 3600 + $2 * 60 + $3 }
    NR == 1 { first = t }
    END { printf "%d ms", (t - first) * 1000 }'
}
stop_service() {
  podman stop --time 120 "$name-service" > /dev/null
  local status
  status=$(podman inspect "$name-service" --format '{{.State.ExitCode}}')
  [ "$status" = 0 ] || fail "the service ended with $status"
  podman rm "$name-service" > /dev/null
}
metric() { curl -fs "http://$address:9090/metrics" | awk -v name="$1" '$1 == name { print $2 }'; }
queued() {
  curl -fs "http://$address:8222/jsz?streams=1" | grep -A 12 '"name": "MEMES"' \
    | sed -n 's/.*"messages": \([0-9]*\).*/\1/p' | head -n 1
}

# publish COUNT PREFIX: requests with ids PREFIX-1…, straight into the queue.
publish() {
  exec 3<> "/dev/tcp/$address/4222"
  local i request
  printf 'CONNECT {"verbose":false}\r\n' >&3
  for ((i = 1; i <= $1; i++)); do
    request="{\"id\": \"$2-$i\", \"prompt\": \"cat number $i\"}"
    printf 'PUB meme.request %d\r\n%s\r\n' "${#request}" "$request" >&3
  done
  printf 'PING\r\n' >&3
  grep -q -m 1 PONG <&3
  exec 3>&-
}

start_servers
echo '-- as the predecessor was configured'
start_service "$image"
grep -q 'router.huggingface.co' <(podman logs "$name-service" 2>&1) \
  || fail 'nothing is said of the retired model address'
pid=$(podman inspect "$name-service" --format '{{.State.Pid}}')
echo "idle: $(awk '/^VmRSS/ {printf "%.1f MiB", $2 / 1024}' "/proc/$pid/status") resident"
stop_service

echo '-- one request'
settings=(--env HF_API_URL="http://$address:8080/hf-inference/models/any/model"
  --env MEME_GENERATOR_ALLOW_INSECURE_TOKEN=true
  --env MAX_IN_FLIGHT=5 --env DRAIN_TIMEOUT=110
  --env MEME_CONFIG_FILE=/etc/meme-generator/small-pod.conf)
start_service "${settings[@]}" "$image"
run request --rm --env NATS_URL="nats://$address:4222" "$image" \
  request --prompt 'A cat wearing a space helmet on Mars' --output /tmp/cat.png

echo '-- SIGTERM under load'
run watch --detach --env NATS_URL="nats://$address:4222" "$image" \
  watch --output-dir /tmp > /dev/null
watching() { grep -q watching <(podman logs "$name-watch" 2>&1); }
eventually watching
publish 30 drain
busy() { [ "$(metric meme_generator_in_flight)" = 5 ]; }
eventually busy
began=$(milliseconds)
stop_service
echo "drained in $(($(milliseconds) - began)) ms"
answers=$(podman logs "$name-watch" 2>&1 | grep -oE '^drain-[0-9]+' | sort)
answered=$(wc -l <<< "$answers")
left=$(queued)
echo "$answered answered, $left left in the queue"
[ "$(uniq -d <<< "$answers")" = '' ] || fail 'some were answered twice'
[ "$answered" -ge 5 ] || fail 'the five in work were not finished'
[ $((answered + left)) -eq 30 ] || fail 'some are lost'

start_service "${settings[@]}" "$image"
empty() { [ "$(queued)" = 0 ]; }
eventually empty
all_answered() { [ "$(podman logs "$name-watch" 2>&1 | grep -cE '^drain-[0-9]+')" = 30 ]; }
eventually all_answered
[ "$(metric meme_generator_redeliveries_total)" = 0 ] || fail 'something was delivered twice'
stop_service
echo 'the image serves, and drains'
