#!/usr/bin/env bash
# Installs the Debian packages (12 or 13) that building and testing need, as root or with sudo.
# Installs only missing packages; if none is missing, it needs no root.
#
#   install-deps.sh            everything
#   install-deps.sh --build    only what the build needs
#   install-deps.sh --service  the same without the model's stand-in (-D MEME_STAND_IN=OFF)
#   install-deps.sh --list     prints the names instead of installing
set -euo pipefail

service_packages=(
  cmake ninja-build g++ pkg-config
  libcaf-dev libnats-dev libhiredis-dev libcurl4-openssl-dev rapidjson-dev prometheus-cpp-dev
  libspdlog-dev libmicrohttpd-dev libssl-dev zlib1g-dev
  libpng-dev libjpeg-dev libturbojpeg0-dev libwebp-dev liblcms2-dev
  libboost-dev
)
stand_in_packages=(
  libboost-program-options-dev libcairo2-dev libpango1.0-dev fonts-dejavu-core
)
build_packages=("${service_packages[@]}" "${stand_in_packages[@]}")
test_packages=(
  libboost-test-dev nats-server redis-server nghttp2-server ca-certificates curl openssl
)

packages=("${build_packages[@]}" "${test_packages[@]}")
list_only=false
for argument in "$@"; do
  case $argument in
    --build) packages=("${build_packages[@]}") ;;
    --service) packages=("${service_packages[@]}") ;;
    --list) list_only=true ;;
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) echo "$0: unknown option $argument" >&2; exit 2 ;;
  esac
done
if $list_only; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

if ! command -v apt-get > /dev/null; then
  echo "This is made for Debian 12 and 13. Elsewhere, install what corresponds to the packages" >&2
  echo "${packages[*]} (CAF has to be version 0.17.6)" >&2
  exit 1
fi

installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

missing=()
for package in "${packages[@]}"; do
  installed "$package" || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "everything needed is installed"
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo > /dev/null || {
    echo "root is needed to install ${missing[*]}: run $0 as root, or install sudo" >&2
    exit 1
  }
  as_root=(sudo)
fi

# Debian starts and enables servers when it installs them. The demo and the tests start their own
# servers on free ports, so a new Redis on port 6379 is not wanted.
policy=/usr/sbin/policy-rc.d
policy_is_ours=false
remove_policy() {
  if $policy_is_ours; then
    "${as_root[@]}" rm -f "$policy"
  fi
}
trap remove_policy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
if [ ! -e "$policy" ]; then
  policy_is_ours=true
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" > /dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

echo "installing ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -q -y --no-install-recommends "${missing[@]}"

if [ -d /run/systemd/system ]; then
  for package in "${missing[@]}"; do
    case $package in
      nats-server | redis-server) "${as_root[@]}" systemctl --quiet disable "$package.service" ;;
    esac
  done
fi
