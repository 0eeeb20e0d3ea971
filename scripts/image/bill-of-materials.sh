#!/usr/bin/env bash
# Writes which Debian packages a program's shared objects are from, with versions and licences, as
# an SPDX 2.3 document (https://spdx.github.io/spdx-spec/v2.3/): run by the Dockerfile, and by
# check-bill-of-materials.sh. Header-only libraries are named too, for they are part of the program.
#
#   bill-of-materials.sh PROGRAM VERSION
set -euo pipefail

program=${1:?"which program"}
version=${2:?"its version"}
here=$(dirname "$0")
# Compiled in, so that the program does not load them.
header_only=(rapidjson-dev libboost-dev)

# Of the list of SPDX, those that Debian's libraries have most.
spdx_names='MIT|Apache-2\.0|BSL-1\.0|BSD-[23]-Clause|L?GPL-[0-9.]+-(only|or-later)|Zlib|curl|ISC'
spdx_names+='|MPL-2\.0|OpenSSL|CC0-1\.0|Unlicense'

# The text of a JSON string.
escaped() { printf '%s' "$1" | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g'; }

# The licences that the copyright file of a package names (DEP 5), as an SPDX expression: names of
# the list of SPDX, and LicenseRef-… for others. NOASSERTION where the file has another format. The
# file is that of the whole source, so that it names licences of tests and tools too.
licences_of() {
  local file=/usr/share/doc/$1/copyright names
  names=$(sed -nE 's/^License: *([^ ].*)/\1/p' "$file" 2> /dev/null \
    | sed -E 's/ +(and|or|with) +/\n/gI; s/[(),]/ /g' | awk 'NF {print $1}' | sort -u)
  if [ -z "$names" ]; then
    echo NOASSERTION
    return
  fi
  sed -E '
    s/^(Expat|expat|MIT\/X11|X11)$/MIT/
    s/^Apache-2(\.0)?$/Apache-2.0/
    s/^BSL-?1\.0$/BSL-1.0/
    s/^BSD-([23])-clause$/BSD-\1-Clause/i
    s/^(L?GPL)-([0-9])\+$/\1-\2.0-or-later/
    s/^(L?GPL)-([0-9.]+)\+$/\1-\2-or-later/
    s/^(L?GPL)-([0-9])$/\1-\2.0-only/
    s/^(L?GPL)-([0-9]\.[0-9])$/\1-\2-only/
    s/^zlib$/Zlib/i' <<< "$names" \
    | while IFS= read -r name; do
      if grep -qxE "$spdx_names" <<< "$name"; then
        echo "$name"
      else
        echo "LicenseRef-${name//[^A-Za-z0-9.-]/-}"
      fi
    done | sort -u | paste -sd' ' | sed 's/ / AND /g'
}

# package ID NAME VERSION LICENCE [PURL]
package() {
  printf '    {"SPDXID": "SPDXRef-%s", "name": "%s", "versionInfo": "%s",\n' \
    "$1" "$(escaped "$2")" "$(escaped "$3")"
  printf '     "downloadLocation": "NOASSERTION", "filesAnalyzed": false,\n'
  printf '     "copyrightText": "NOASSERTION",\n'
  printf '     "licenseConcluded": "NOASSERTION", "licenseDeclared": "%s"' "$(escaped "$4")"
  if [ -n "${5:-}" ]; then
    printf ',\n     "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER",'
    printf '\n       "referenceType": "purl", "referenceLocator": "%s"}]' "$5"
  fi
  printf '}'
}

mapfile -t packages < <({
  "$here/collect.sh" packages "$program"
  dpkg-query --show --showformat '${db:Status-Abbrev}${Package}\n' "${header_only[@]}" \
    2> /dev/null | sed -n 's/^ii *//p'
} | sort -u)
[ ${#packages[@]} -gt 0 ] || { echo "$0: no package belongs to $program" >&2; exit 1; }

declare -A licences
for name in "${packages[@]}"; do
  licences[$name]=$(licences_of "$name")
done
debian=$(. /etc/os-release && echo "$ID-$VERSION_ID")
digest=$(sha256sum "$program" | cut -c1-64)
created=$(date -u -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}" +%Y-%m-%dT%H:%M:%SZ)

cat << END
{
  "spdxVersion": "SPDX-2.3",
  "dataLicense": "CC0-1.0",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": "meme-generator-$version",
  "documentNamespace": "urn:meme-generator:spdx:$version:$digest",
  "creationInfo": {"created": "$created", "creators": ["Tool: bill-of-materials.sh"]},
  "packages": [
END
package program meme-generator "$version" MIT
for name in "${packages[@]}"; do
  package_version=$(dpkg-query --show --showformat '${Version}' "$name")
  architecture=$(dpkg-query --show --showformat '${Architecture}' "$name")
  printf ',\n'
  package "$(tr '+_' '..' <<< "$name")" "$name" "$package_version" "${licences[$name]}" \
    "pkg:deb/debian/$name@${package_version//+/%2B}?arch=$architecture&distro=$debian"
done
printf '\n  ],\n  "hasExtractedLicensingInfos": ['
separator=''
while IFS= read -r reference; do
  printf '%s\n    {"licenseId": "%s", "extractedText": "See /usr/share/doc/*/copyright"}' \
    "$separator" "$reference"
  separator=','
done < <(printf '%s\n' "${licences[@]}" | grep -o 'LicenseRef-[A-Za-z0-9.-]*' | sort -u || true)
printf '\n  ],\n  "relationships": [\n'
printf '    {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",\n'
printf '     "relatedSpdxElement": "SPDXRef-program"}'
for name in "${packages[@]}"; do
  printf ',\n    {"spdxElementId": "SPDXRef-program", "relationshipType": "DEPENDS_ON",\n'
  printf '     "relatedSpdxElement": "SPDXRef-%s"}' "$(tr '+_' '..' <<< "$name")"
done
printf '\n  ]\n}\n'
