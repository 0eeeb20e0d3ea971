#!/usr/bin/env bash
# For the scripts of this folder: a temporary folder that is removed at the end, and pinned public
# packages in it. Sourced, not run.
set -euo pipefail
export scratch python
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
support=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# python_with PACKAGE==VERSION...: $python has them.
python_with() {
  python3 -m venv "$scratch/venv"
  "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check "$@"
  python=$scratch/venv/bin/python
  export PYTHONPATH=$support
}

# nats_server VERSION: $scratch/nats-server is that release, built from its Go module.
nats_server() {
  GOBIN=$scratch GOFLAGS=-modcacherw go install "github.com/nats-io/nats-server/v2@$1"
}

# npm_with PACKAGE@VERSION...: installed into $scratch, where a module script finds them.
npm_with() {
  npm install --silent --no-audit --no-fund --prefix "$scratch" "$@" > /dev/null
}
