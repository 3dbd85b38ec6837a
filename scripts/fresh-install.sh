#!/bin/sh
# Installs, builds and serves what is committed in a new clone, with a PATH that has no compiler, make or
# Python, and says how long that takes. Then again without what only developers need.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
server=
end() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  rm -rf "$work"
}
trap end EXIT

git clone --quiet "$root" "$work/holdfast"
mkdir "$work/bin"
for program in node npm sh env; do ln -s "$(readlink -f "$(command -v $program)")" "$work/bin/$program"; done
cd "$work/holdfast"

# bare COMMAND…: with these four programs and nothing else.
bare() { env PATH="$work/bin" "$@"; }

for compiler in cc gcc g++ clang make python3; do
  if bare sh -c "command -v $compiler" >/dev/null; then echo "$compiler is there" >&2; exit 1; fi
done

now() { date +%s%N; }
took() { echo "$1: $((($(now) - $2) / 1000000)) ms"; }

begun=$(now)
bare npm ci --silent
took 'npm ci without a compiler' "$begun"
begun=$(now)
bare npm run --silent build
took 'npm run build' "$begun"
begun=$(now)
bare npm ci --silent --omit=dev
took 'npm ci --omit=dev' "$begun"
[ ! -e node_modules/typescript ] || { echo 'TypeScript is still there' >&2; exit 1; }

begun=$(now)
# Not by `bare`: the process that is ended has to be npm's.
env PATH="$work/bin" PORT=0 NODE_ENV=production DATA_DIR="$work/data" LOG_FORMAT=json npm start >"$work/log" 2>&1 &
server=$!
until grep -q '"msg":"serving"' "$work/log"; do
  kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.02
done
took 'npm start, until it serves' "$begun"
url=$(sed -n 's/.*"url":"\([^"]*\)".*"msg":"serving".*/\1/p' "$work/log")
for page in livez docs docs/swagger-ui-bundle.js; do
  bare node -e 'fetch(process.argv[1]).then((answer) => { if (!answer.ok) throw answer.status; })' "$url/$page"
done
