#!/usr/bin/env bash
# The check of the manifests, checked: spoils a copy of k8s/ in one way after the other, and wants
# it refused, each with its own words on the right line.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# spoilt NAME TOOL FILE EXPRESSION WANTED: FILE is changed by sed's EXPRESSION; WANTED, a regular
# expression, has to be among what TOOL says, after the file and the number of the first changed
# line. TOOL `file`: house, with that file alone.
spoilt() {
  local name=$1 tool=$2 file=$3 expression=$4 wanted=$5 change line
  rm -rf "$work/k8s"
  cp -r k8s "$work/k8s"
  sed -i "$expression" "$work/k8s/$file"
  change=$(diff "k8s/$file" "$work/k8s/$file" | head -n 1 || true)
  line=${change%%[acd,]*}
  case $change in *a*) line=$((line + 1)) ;; esac
  local arguments=("$work/k8s/base/deployment.yaml" "$work/k8s/base/keda-scaledobject.yaml")
  case $tool in
    file) tool=house arguments=("$work/k8s/$file") ;;
    house) arguments=(--digests "${arguments[@]}") ;;
    schema) arguments=("$work/k8s/$file") ;;
    metrics)
      arguments=("test/unit/golden/metrics.txt,test/k8s/foreign-metrics.txt" "$work/k8s/$file")
      ;;
  esac
  if node "test/k8s/$tool.mjs" "${arguments[@]}" > "$work/said" 2>&1; then
    echo "$name: not refused"
    failures=$((failures + 1))
  elif ! grep -E "$(basename "$file"):$line: .*$wanted" "$work/said" | head -n 1 \
    | sed "s|^$work/|$name: |"; then
    echo "$name: refused, but not with \"$(basename "$file"):$line: $wanted\":"
    cat "$work/said"
    failures=$((failures + 1))
  fi
}

spoilt 'an unknown field' schema base/deployment.yaml \
  's/^      enableServiceLinks: false/&\n      restartPolcy: Always/' \
  'restartPolcy.* does not exist'
spoilt 'a wrong type' schema base/deployment.yaml \
  's/terminationGracePeriodSeconds: 120/terminationGracePeriodSeconds: "120"/' 'must be integer'
spoilt 'a threshold without quotes' schema base/keda-scaledobject.yaml \
  's/lagThreshold: "5"/lagThreshold: 5/' 'must be string'
spoilt 'an alarm on a metric that does not exist' metrics monitoring/prometheus-rule.yaml \
  's/min(meme_generator_breaker_state)/min(meme_generator_braker_state)/' \
  'no metric meme_generator_braker_state'
spoilt 'a panel on a metric that does not exist' metrics monitoring/dashboard.json \
  '0,/meme_generator_in_flight/s//meme_generator_permits_used/' \
  'no metric meme_generator_permits_used'
spoilt 'a root container' house base/deployment.yaml \
  's/runAsUser: 65532/runAsUser: 0/' 'must not run as root'
spoilt 'replicas beside KEDA' house base/deployment.yaml \
  's/^  revisionHistoryLimit: 3/  replicas: 2\n&/' "replicas are KEDA's"
spoilt 'a writable root' house base/deployment.yaml \
  's/readOnlyRootFilesystem: true/readOnlyRootFilesystem: false/' \
  'readOnlyRootFilesystem must be true'
spoilt 'an image that moves' house base/deployment.yaml \
  's/image: meme-generator:0.2.0/image: meme-generator:latest/' 'not pinned'
spoilt "somebody else's image by tag" house base/deployment.yaml \
  's|image: meme-generator:0.2.0|image: registry.example/proxy:1.0|' 'not named by digest'
spoilt 'an empty list that every apply would change' file overlays/demo/redis.yaml \
  's/^  policyTypes: \[Ingress, Egress\]/&\n  egress: []/' 'leave out the empty egress'
# shellcheck disable=SC2016
spoilt 'a password that the address does not get' file overlays/demo/load.yaml \
  's/client:$(CLIENT_PASSWORD)/client:$(CLIENTS_PASSWORD)/' \
  'no variable above it has that name'
spoilt 'a scaler setting that KEDA would ignore' house base/keda-scaledobject.yaml \
  's/useHttps: /useHttp: /' 'scaler has no useHttp'
spoilt 'a threshold that is not what a pod holds' house base/keda-scaledobject.yaml \
  's/lagThreshold: "5"/lagThreshold: "7"/' 'is 7, but MAX_IN_FLIGHT is 5'
spoilt 'a grace shorter than the drain' house base/deployment.yaml \
  's/terminationGracePeriodSeconds: 120/terminationGracePeriodSeconds: 60/' \
  'must exceed DRAIN_TIMEOUT'
spoilt 'a key that stands twice' schema base/keda-scaledobject.yaml \
  's/^  cooldownPeriod: 120/&\n  cooldownPeriod: 60/' 'must be unique'

# And the script as a whole ends with 1.
rm -rf "$work/k8s"
cp -r k8s "$work/k8s"
sed -i 's/^  revisionHistoryLimit: 3/  replicas: 2/' "$work/k8s/base/deployment.yaml"
if scripts/check-k8s.sh --manifests "$work/k8s" > "$work/said" 2>&1; then
  echo 'check-k8s.sh takes a spoilt manifest'
  failures=$((failures + 1))
fi

if [ $failures -gt 0 ]; then
  echo "$failures case(s) failed"
  exit 1
fi
echo 'every spoilt manifest is refused'
