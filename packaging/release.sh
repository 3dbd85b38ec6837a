#!/bin/sh
# Makes a release of the commit that is checked out: the executable, packed, its checksums, and its bill
# of materials.
#   usage: release.sh [DIRECTORY]     (default: dist/release)
# It builds twice and compares. HOLDFAST_UNCLEAN=1 lets it run on a tree with changes, for trying it out.
set -eu

cd "$(dirname "$0")/.."
out=${1:-dist/release}
version=$(node -p 'require("./package.json").version')
name=holdfast-$version-linux-$(node -p process.arch)

if [ -z "${HOLDFAST_UNCLEAN:-}" ]; then
  [ -z "$(git status --porcelain)" ] || { echo 'There are changes that are not committed.' >&2; exit 1; }
  npm ci
fi

# What is embedded is the Node of the lock file, not this machine's.
export PATH="$PWD/node_modules/.bin:$PATH"
mkdir -p "$out"
rm -f "$out/$name" "$out/$name.xz" "$out/$name.cdx.json" "$out/$name.again" "$out/SHA256SUMS"
npm run --silent build
node dist/scripts/binary/build.js "$out/$name" >&2
node dist/scripts/binary/build.js "$out/$name.again" >&2
cmp "$out/$name" "$out/$name.again"
rm "$out/$name.again"
"$out/$name" --version >&2

part() { "$out/$name" --version | sed -n "s/^$1 //p"; }
npm sbom --omit dev --sbom-format cyclonedx --sbom-type application >"$out/npm.json"
node packaging/sbom.cjs "$(part node)" "$(part sqlite)" <"$out/npm.json" >"$out/$name.cdx.json"
rm "$out/npm.json"
xz --keep --threads=1 -6 "$out/$name"
(cd "$out" && sha256sum "$name" "$name.xz" "$name.cdx.json" >SHA256SUMS)
ls -l "$out" >&2
