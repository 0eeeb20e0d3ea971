#!/usr/bin/env bash
# Checks the manifests, the alarms, the dashboard and the images with the tools that would reject
# them later: schemas, Prometheus, podman. Prints each offence as file:line: text. A script for
# maintainers: it needs Node.js, and kustomize, kubectl or Go; it installs other tools the first
# time. Later runs are offline, except for a Debian mirror if an image must be rebuilt.
#
#   check-k8s.sh               everything
#   check-k8s.sh --no-image    without building and running the images, which takes minutes
#   check-k8s.sh --no-run      without the dashboard's queries, which may build the service
#   check-k8s.sh --manifests FOLDER
#                              another folder instead of k8s/, and nothing is run
set -euo pipefail
cd "$(dirname "$0")/.."

images=true
run=true
folder=k8s
while [ $# -gt 0 ]; do
  case $1 in
    --no-image) images=false ;;
    --no-run) run=false ;;
    --manifests) folder=${2:?"--manifests needs a folder"} images=false run=false; shift ;;
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) echo "$0: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done

tools=test/k8s
command -v npm > /dev/null || { echo "$0: Node.js is missing" >&2; exit 1; }
if [ ! -e $tools/node_modules/yaml ]; then
  npm ci --prefix $tools --no-audit --no-fund --loglevel=error
fi
if ! command -v promtool > /dev/null; then
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends prometheus
fi
# kubectl includes kustomize. If neither is installed, Go builds it.
if command -v kustomize > /dev/null; then
  kustomize=(kustomize build)
elif command -v kubectl > /dev/null; then
  kustomize=(kubectl kustomize)
else
  command -v go > /dev/null || { echo "$0: kustomize, kubectl and Go are missing" >&2; exit 1; }
  GOBIN=$PWD/$tools/node_modules/.bin go install sigs.k8s.io/kustomize/kustomize/v5@v5.5.0
  kustomize=("$tools/node_modules/.bin/kustomize" build)
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
# check COMMAND…: runs it, and remembers whether it failed.
check() {
  "$@" || failures=$((failures + 1))
}

echo '== manifests'
# First the files themselves, to report their lines; then kustomize's output.
whole=("$folder"/deployment.yaml "$folder"/keda-scaledobject.yaml)
mapfile -t loose < <(grep -rl --include='*.yaml' '^kind:' "$folder" \
  | grep -vE 'kustomization.yaml$|overlays/.*/(deployment|provision|network-policy).yaml$' | sort)
check node $tools/schema.mjs "${loose[@]}"
check node $tools/house.mjs "${whole[@]}"
# In a copy, an overlay for clusters without a fallback as docs/kubernetes.md has it.
cp -r "$folder" "$work/k8s"
variant=$work/k8s/overlays/variant
mkdir "$variant"
printf '%s\n' 'apiVersion: kustomize.config.k8s.io/v1beta1' 'kind: Kustomization' \
  'resources: [../production]' 'components: [../../without-fallback]' \
  > "$variant/kustomization.yaml"
for kustomization in "$folder"/{base,overlays/demo,overlays/production} "$variant"; do
  built=$work/$(basename "$kustomization").yaml
  if ! "${kustomize[@]}" "$kustomization" > "$built"; then
    echo "$kustomization/kustomization.yaml:1: does not build"
    failures=$((failures + 1))
    continue
  fi
  check node $tools/schema.mjs "$built"
  # The demo's images are for a trial; a production overlay names other images by digest.
  case $kustomization in
    */demo) check node $tools/house.mjs "$built" ;;
    *) check node $tools/house.mjs --digests "$built" ;;
  esac
  case $kustomization in
    */variant) fallbacks=0 ;;
    *) fallbacks=1 ;;
  esac
  if [ "$(grep -c '^  fallback:' "$built")" != $fallbacks ]; then
    echo "$kustomization/kustomization.yaml:1: has not $fallbacks fallback(s)"
    failures=$((failures + 1))
  fi
done

echo '== alarms and dashboard'
check node $tools/metrics.mjs test/unit/golden/metrics.txt,$tools/foreign-metrics.txt \
  "$folder"/monitoring/dashboard.json "$folder"/monitoring/prometheus-rule.yaml docs/operations.md
node $tools/rules.mjs "$folder"/monitoring/prometheus-rule.yaml > "$work/rules.yaml"
node $tools/rules.mjs "$folder"/monitoring/dashboard.json > "$work/dashboard.yaml"
check promtool check rules "$work/rules.yaml" "$work/dashboard.yaml"
cp $tools/alerts.test.yaml "$work"
check promtool test rules "$work/alerts.test.yaml"

if command -v nats-server > /dev/null || [ -x /usr/sbin/nats-server ]; then
  echo '== NATS'"'"' configuration'
  check env PATH="$PATH:/usr/sbin" WORKER_PASSWORD=w CLIENT_PASSWORD=c BROWSER_PASSWORD=b \
    OPERATOR_PASSWORD=o BENCH_PASSWORD=n nats-server -t -c "$folder/overlays/demo/nats.conf"
fi

if $run; then
  echo '== the dashboard on a running service'
  if [ ! -x build/meme-generator ] || [ ! -x build/sketch-server ]; then
    scripts/install-deps.sh > /dev/null
    cmake --preset release > /dev/null
    cmake --build --preset release --target meme-generator sketch-server > /dev/null
  fi
  check node $tools/dashboard.mjs build
  echo '== the demo'"'"'s users on the demo'"'"'s NATS'
  check node $tools/demo.mjs "$work/demo.yaml" build
fi

if $images; then
  echo '== images'
  check scripts/image/build.sh
  check scripts/image/test.sh
fi

if [ $failures -gt 0 ]; then
  echo "$failures check(s) failed"
  exit 1
fi
echo 'the manifests are in order'
