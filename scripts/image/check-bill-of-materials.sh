#!/usr/bin/env bash
# Checks the bill of materials of a program: an SPDX 2.3 document that names each package that the
# program loads, with version and licence, and holds together.
#
#   check-bill-of-materials.sh [PROGRAM]     build/meme-generator, unless told otherwise
set -euo pipefail
cd "$(dirname "$0")/../.."

program=${1:-build/meme-generator}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
scripts/image/bill-of-materials.sh "$program" 0.0.0 > "$folder/bill.json"
scripts/image/collect.sh packages "$program" > "$folder/packages"
python3 - "$folder/bill.json" "$folder/packages" << 'END'
import json, re, sys

bill = json.load(open(sys.argv[1]))
loaded = open(sys.argv[2]).read().split()
problems = []


def require(holds, words):
    if not holds:
        problems.append(words)


require(bill["spdxVersion"] == "SPDX-2.3" and bill["dataLicense"] == "CC0-1.0", "not SPDX 2.3")
require(bill["SPDXID"] == "SPDXRef-DOCUMENT", "the document has another id")
created = bill["creationInfo"]["created"]
require(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created), "no date")
identifiers = [package["SPDXID"] for package in bill["packages"]]
require(len(set(identifiers)) == len(identifiers), "an id twice")
known = {reference["licenseId"] for reference in bill["hasExtractedLicensingInfos"]}
for package in bill["packages"]:
    name = package["name"]
    require(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", package["SPDXID"]), name + ": a bad id")
    require(package["versionInfo"], name + ": no version")
    for licence in package["licenseDeclared"].split(" AND "):
        require(re.fullmatch(r"[A-Za-z0-9.-]+", licence), name + ": a bad licence: " + licence)
        if licence.startswith("LicenseRef-"):
            require(licence in known, name + ": unknown licence: " + licence)
names = {package["name"] for package in bill["packages"]}
for name in ["meme-generator", *loaded]:
    require(name in names, name + " is not listed")
related = {(r["relationshipType"], r["relatedSpdxElement"]) for r in bill["relationships"]}
require(("DESCRIBES", "SPDXRef-program") in related, "nothing is described")
for identifier in identifiers[1:]:
    require(("DEPENDS_ON", identifier) in related, identifier + " has no relation")
for words in problems:
    print(words)
with_licence = sum(p["licenseDeclared"] != "NOASSERTION" for p in bill["packages"])
print(f"bill of materials: {len(names)} packages, {with_licence} with licences")
sys.exit(1 if problems else 0)
END
