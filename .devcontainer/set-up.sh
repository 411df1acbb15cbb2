#!/bin/sh
# What the features of the dev container do not bring: Bun under its own name, Pulumi, and the packages.
set -eu
cd "$(dirname "$0")/.."
BIN="$HOME/.local/bin"
mkdir -p "$BIN"

# Pulumi looks for a program called bun on PATH; npm's copy has another name.
make setup
ln -sf "$(./scripts/find-bun.sh)" "$BIN/bun"

if ! command -v pulumi >/dev/null 2>&1 && [ ! -x "$HOME/.pulumi/bin/pulumi" ]; then
  INSTALLER=$(mktemp)
  trap 'rm -f "$INSTALLER"' EXIT
  if ! { curl -fsSL -o "$INSTALLER" https://get.pulumi.com && sh "$INSTALLER" --no-edit-path; }; then
    echo "Pulumi could not be installed; the service and its tests work without it. Later:" \
      "https://www.pulumi.com/docs/iac/download-install/" >&2
  fi
fi
echo "Ready: make start, make test, make deploy-local"
