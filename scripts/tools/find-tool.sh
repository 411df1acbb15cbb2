#!/bin/sh
# Prints the path of prometheus or promtool: ours from .tools/bin, else one on PATH that is new enough, else built with Go.
set -eu
VERSION=3.14.0
TOOL=${1:-}
case $TOOL in
  prometheus | promtool) ;;
  *) echo "usage: find-tool.sh <prometheus|promtool>" >&2; exit 2 ;;
esac
HERE=$(cd "$(dirname "$0")" && pwd)
BIN="$HERE/../../.tools/bin"
mkdir -p "$BIN"
BIN=$(cd "$BIN" && pwd)
LOCAL="$BIN/$TOOL"
LOCK="$BIN/.$TOOL.lock"
PART="$BIN/.$TOOL.$$"

version_of() {
  "$1" --version 2>&1 | sed -n "1s/^$TOOL, version \([0-9.]*\).*/\1/p"
}

ours() {
  [ -x "$LOCAL" ] && [ "$(version_of "$LOCAL")" = "$VERSION" ]
}

if ours; then echo "$LOCAL"; exit 0; fi

OTHER=$(command -v "$TOOL" || true)
if [ -n "$OTHER" ]; then
  major=$(version_of "$OTHER" | cut -d. -f1)
  if [ "${major:-0}" -ge "${VERSION%%.*}" ]; then echo "$OTHER"; exit 0; fi
fi

command -v go >/dev/null 2>&1 || {
  echo "$TOOL ${VERSION%%.*} or newer is missing, and Go to build it: put $TOOL on PATH (https://prometheus.io/download)," \
    "or install Go 1.26 (https://go.dev/dl), then run make again." >&2
  exit 1
}

# A link is made in one step and names its owner, so that a lock whose owner has died can be told and taken.
until ln -s "$$" "$LOCK" 2>/dev/null; do
  owner=$(readlink "$LOCK" || true)
  if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null && ln -s "$$" "$LOCK.taker" 2>/dev/null; then
    # Two may have seen it dead, and the first may have its own lock there by now: one at a time looks again.
    if [ "$(readlink "$LOCK" || true)" = "$owner" ]; then rm -f "$LOCK"; fi
    rm -f "$LOCK.taker"
  else
    sleep 1
  fi
done
trap 'rm -f "$PART" "$LOCK"' EXIT
trap 'exit 1' HUP INT TERM

# Somebody else may have built it meanwhile.
if ! ours; then
  echo "Building $TOOL $VERSION with Go into .tools/bin/, once: some minutes …" >&2
  cd "$HERE/prometheus"
  # `direct` would send a slow proxy's misses to Git hosts that may be out of reach; go.sum vouches for what comes.
  GOPROXY=$(go env GOPROXY | sed 's/,direct$//')
  export GOPROXY
  # No service discovery but files: a third less to build, and tests know where everything is.
  go build -mod=readonly -buildvcs=false -trimpath -tags remove_all_sd \
    -ldflags "-s -w -X github.com/prometheus/common/version.Version=$VERSION" \
    -o "$PART" "github.com/prometheus/prometheus/cmd/$TOOL" >&2 || {
    echo "$TOOL $VERSION could not be built, see above. One of version ${VERSION%%.*} or newer on PATH serves as well." >&2
    exit 1
  }
  mv -f "$PART" "$LOCAL"
fi
echo "$LOCAL"
