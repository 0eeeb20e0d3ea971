#!/usr/bin/env bash
# What a program needs to run, told by the program itself, so that it holds for every Debian
# release: run by the Dockerfile.
#
#   collect.sh packages PROGRAM     the Debian packages of its shared objects
#   collect.sh root PROGRAM FOLDER  a root file system: the program, its shared objects, little else
set -euo pipefail

shared_objects() { ldd "$1" | grep -o '/[^ ]*' | sort -u; }

packages() {
  local object
  shared_objects "$1" | while read -r object; do
    # A package may name the path as it was before /lib became a link to /usr/lib, or after.
    dpkg-query --search "$object" 2> /dev/null \
      || dpkg-query --search "$(realpath --no-symlinks "/usr$object")" 2> /dev/null \
      || dpkg-query --search "$(realpath "$object")"
  done | sed -E '/^diversion /d; s/:.*//' | sort -u
}

root() {
  local program=$1 to=$2 object folder
  install -D --mode 755 --strip "$program" "$to/usr/bin/$(basename "$program")"
  for folder in lib lib64; do
    if [ -L "/$folder" ]; then
      mkdir -p "$to/usr/$folder"
      ln -s "usr/$folder" "$to/$folder"
    fi
  done
  shared_objects "$program" | while read -r object; do
    folder=$(realpath "$(dirname "$object")")
    install -D --mode 755 "$object" "$to$folder/$(basename "$object")"
  done
  install -D --mode 644 /etc/ssl/certs/ca-certificates.crt "$to/etc/ssl/certs/ca-certificates.crt"
  echo 'meme:x:65532:65532::/:/usr/sbin/nologin' > "$to/etc/passwd"
  echo 'meme:x:65532:' > "$to/etc/group"
  echo 'hosts: files dns' > "$to/etc/nsswitch.conf"
  install --directory --mode 1777 "$to/tmp"
}

case ${1:-} in
  packages | root) "$@" ;;
  *) echo "usage: $0 packages PROGRAM | root PROGRAM FOLDER" >&2; exit 2 ;;
esac
