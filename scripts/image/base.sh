#!/usr/bin/env bash
# Makes docker.io/library/debian:SUITE-slim from a Debian mirror where podman has no such image: a
# build then needs no image registry. As root.
#
#   base.sh bookworm|trixie
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=scripts/image/settings.sh
. ./settings.sh

suite=${1:?"which suite: bookworm or trixie"}
image=docker.io/library/debian:$suite-slim
# The one that this machine's apt uses, without the path of the archive: http://host
# shellcheck disable=SC2016
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
  | sed -n 's#/debian/$##p' | head -n 1)}
if podman image exists "$image"; then
  exit 0
fi
install_image_tools

root=$(mktemp -d "$image_cache/$suite.XXXXXX")
trap 'rm -rf "$root"' EXIT
PATH=$PATH:/usr/sbin debootstrap --variant=minbase "$suite" "$root" "$mirror/debian" \
  > "$image_cache/$suite.log" || { tail -n 20 "$image_cache/$suite.log" >&2; exit 1; }

# What the slim variant of the published image leaves out, and its settings of apt and dpkg.
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/*.log \
  "$root"/var/log/apt/* "$root"/usr/share/{doc,man,info,locale,lintian}/* \
  "$root"/etc/{resolv.conf,hostname}
printf 'path-exclude /usr/share/%s/*\n' doc man info locale lintian \
  > "$root/etc/dpkg/dpkg.cfg.d/01slim"
echo 'path-include /usr/share/doc/*/copyright' >> "$root/etc/dpkg/dpkg.cfg.d/01slim"
cat > "$root/etc/apt/apt.conf.d/docker" << 'END'
Acquire::Languages "none";
Acquire::GzipIndexes "true";
APT::AutoRemove::SuggestsImportant "false";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
END
cat > "$root/etc/apt/sources.list" << END
deb $mirror/debian $suite main
deb $mirror/debian $suite-updates main
deb $mirror/debian-security $suite-security main
END
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

tar -C "$root" --numeric-owner --one-file-system -cf - . \
  | podman import --quiet --change 'CMD ["bash"]' - "$image"
