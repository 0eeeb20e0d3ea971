#!/usr/bin/env bash
# Runs every test under ThreadSanitizer. It sees only code that is compiled with it, and CAF's
# mailboxes and scheduler synchronise the actors. So the script also builds libcaf_core with it,
# from the source package of the installed release, into build-tsan-caf; this takes a quarter of an
# hour the first time. Needs Debian and its archive.
#
#   tsan.sh [-- options of ctest]
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1-} in
  '') ;;
  --) shift ;;
  -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  *) echo "$0: unknown option $1" >&2; exit 2 ;;
esac

caf=$PWD/build-tsan-caf
caf_version=0.17.6

# Reads the archive's signed index into separate lists: this does not change the machine's apt, and
# needs no root.
fetch_caf() {
  mkdir -p "$caf/apt/lists/partial" "$caf/apt/archives/partial" "$caf/apt/parts"
  local release mirror
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  # The mirror that this machine's apt uses.
  # shellcheck disable=SC2016
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
    | grep '/debian/$' | head -n 1)
  cat > "$caf/apt/parts/source.sources" << END
Types: deb-src
URIs: ${DEBIAN_MIRROR:-$mirror}
Suites: $release
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
  local apt=(apt-get -q -o APT::Sandbox::User= -o Dir::Etc::SourceList=/dev/null
    -o Dir::Etc::SourceParts="$caf/apt/parts" -o Dir::State::Lists="$caf/apt/lists"
    -o Dir::Cache="$caf/apt" -o Dir::Cache::Archives="$caf/apt/archives" -o Acquire::Retries=3)
  "${apt[@]}" update
  # Without Debian's changes, which concern the packaging.
  (cd "$caf" && "${apt[@]}" source --tar-only --download-only actor-framework)
  tar -C "$caf" -xf "$caf/actor-framework_$caf_version.orig.tar.gz"
}

# Only the library that we use; its headers are those that are installed.
build_caf() {
  cmake -S "$caf/actor-framework-$caf_version" -B "$caf/build" -G Ninja -Wno-dev \
    -DCMAKE_POLICY_VERSION_MINIMUM=3.5 -DCMAKE_BUILD_TYPE=None \
    -DCMAKE_CXX_FLAGS='-fsanitize=thread -O1 -g1 -w' \
    -DCAF_NO_UNIT_TESTS=yes -DCAF_NO_EXAMPLES=yes -DCAF_NO_TOOLS=yes -DCAF_NO_IO=yes \
    -DCAF_NO_OPENSSL=yes -DCAF_NO_OPENCL=yes -DCAF_NO_PYTHON=yes -DCAF_NO_SUMMARY=yes
  cmake --build "$caf/build" --target libcaf_core_shared -j2
  mkdir -p "$caf/lib"
  cp -a "$caf"/build/lib/libcaf_core.so* "$caf/lib/"
}

installed_caf=$(dpkg-query --show --showformat='${Version}' libcaf-dev)
if [ "${installed_caf%%-*}" != "$caf_version" ]; then
  echo "$0: libcaf-dev is $installed_caf, this is made for $caf_version" >&2
  exit 1
fi
if [ ! -e "$caf/lib/libcaf_core.so" ]; then
  [ -d "$caf/actor-framework-$caf_version" ] || fetch_caf
  build_caf
fi

cmake --preset tsan
cmake --build --preset tsan

# Its shadow memory needs the program within some places; newer kernels shuffle more widely than
# g++ 12 knows ("unexpected memory mapping"). What setarch sets is inherited.
run=()
if [ "$(cat /proc/sys/vm/mmap_rnd_bits 2> /dev/null || echo 32)" -gt 28 ]; then
  run=(setarch "$(uname -m)" --addr-no-randomize)
fi

# A report of a program that a test has started, and perhaps killed, is found in a file. Libraries
# that are not instrumented stay in: what nats.c hands to our callbacks is ordered by its locks. For
# what is reported of such a library alone there is test/tsan.supp.
reports=$PWD/build-tsan/reports
rm -rf "$reports"
mkdir -p "$reports"
export TSAN_OPTIONS="suppressions=$PWD/test/tsan.supp second_deadlock_stack=1 history_size=7 \
log_path=$reports/tsan"
status=0
"${run[@]}" ctest --preset tsan -j2 "$@" || status=$?
if compgen -G "$reports/tsan.*" > /dev/null; then
  cat "$reports"/tsan.*
  echo "$(cat "$reports"/tsan.* | grep -c '^WARNING: ThreadSanitizer') reports in $reports"
  status=1
fi
exit "$status"
