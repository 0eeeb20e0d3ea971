# To be sourced by the scripts beside it: settings with which podman builds and runs images as root
# on a plain Debian machine, one with hybrid cgroups and a few capabilities less too.
# shellcheck shell=bash

image_cache=${IMAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/meme-generator-images}
mkdir -p "$image_cache"
export CONTAINERS_CONF=$image_cache/containers.conf
# runc, for crun refuses hybrid cgroups; the host's network, for the tests' servers are on loopback.
cat > "$CONTAINERS_CONF" << 'END'
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]
netns = "host"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
END

install_image_tools() {
  local tool missing=()
  for tool in podman runc debootstrap; do
    PATH=$PATH:/usr/sbin command -v "$tool" > /dev/null || missing+=("$tool")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"
  fi
}
