#!/bin/sh
# Prints the path of a usable Bun: the one on PATH when it is new enough, else a copy from npm kept under .tools/.
set -eu
VERSION=1.4.5
ROOT=$(cd "$(dirname "$0")/.." && pwd)
TOOLS="$ROOT/.tools"
LOCAL="$TOOLS/node_modules/bun/bin/bun.exe"

new_enough() {
  found=$("$1" --version 2>/dev/null) || return 1
  [ "$(printf '%s\n%s\n' "$VERSION" "$found" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$VERSION" ]
}

if command -v bun >/dev/null 2>&1 && new_enough bun; then
  command -v bun
  exit 0
fi
if ! new_enough "$LOCAL"; then
  command -v npm >/dev/null 2>&1 || { echo "npm is missing: install Node.js with npm, then run make again." >&2; exit 1; }
  echo "Installing Bun $VERSION from npm into .tools/ …" >&2
  mkdir -p "$TOOLS"
  npm install --prefix "$TOOLS" --no-save --no-package-lock --no-audit --no-fund --loglevel=error "bun@$VERSION" >&2
  # npm may be set up to run no install scripts; this one puts the platform's binary in its place.
  new_enough "$LOCAL" || node "$TOOLS/node_modules/bun/install.js" >&2
  new_enough "$LOCAL" || { echo "Bun $VERSION could not be installed from npm; see https://bun.sh/docs/installation." >&2; exit 1; }
fi
echo "$LOCAL"
