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

# debian_with PACKAGE=VERSION...: unpacked into $scratch/debian, without their dependencies. The
# versions are those of Debian 12.
debian_with() {
  mkdir -p "$scratch/debian"
  (cd "$scratch/debian" && apt-get download "$@" > /dev/null)
  local package
  for package in "$scratch"/debian/*.deb; do
    dpkg --extract "$package" "$scratch/debian"
  done
}

# compile STANDARD SOURCE LIBRARY...: $scratch/program, from what debian_with has unpacked.
compile() {
  local standard=$1 source=$2 machine
  shift 2
  machine=$(gcc -print-multiarch)
  g++ "-std=$standard" -isystem "$scratch/debian/usr/include" \
    -isystem "$scratch/debian/usr/include/$machine" "$source" -o "$scratch/program" \
    -L "$scratch/debian/usr/lib/$machine" -Wl,-rpath,"$scratch/debian/usr/lib/$machine" \
    "${@/#/-l}" -pthread
}
