#!/bin/sh
# Prints the path of a tool: ours from .tools/bin, else one on PATH that is new enough, else built with Go.
set -eu

# A line a tool: its name, the version we build, the least one on PATH that serves, its module beside this script, the
# package, tags of the build (- for none), the variable that holds the version (- for none), where to get it, how to ask its version.
TOOLS='
prometheus 3.14.0 3 prometheus github.com/prometheus/prometheus/cmd/prometheus remove_all_sd github.com/prometheus/common/version.Version= https://prometheus.io/download --version
promtool 3.14.0 3 prometheus github.com/prometheus/prometheus/cmd/promtool remove_all_sd github.com/prometheus/common/version.Version= https://prometheus.io/download --version
pulumi 3.259.0 3.259.0 pulumi github.com/pulumi/pulumi/pkg/v3/cmd/pulumi - github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v https://www.pulumi.com/docs/install version
etcd 3.6.5 3.6.0 etcd go.etcd.io/etcd/server/v3 - go.etcd.io/etcd/api/v3/version.Version= https://etcd.io/docs/latest/install --version
kube-apiserver 1.36.3 1.36.0 kubernetes k8s.io/kubernetes/cmd/kube-apiserver - k8s.io/component-base/version.gitVersion=v https://kubernetes.io/releases/download --version
kube-controller-manager 1.36.3 1.36.0 kubernetes k8s.io/kubernetes/cmd/kube-controller-manager - k8s.io/component-base/version.gitVersion=v https://kubernetes.io/releases/download --version
kube-scheduler 1.36.3 1.36.0 kubernetes k8s.io/kubernetes/cmd/kube-scheduler - k8s.io/component-base/version.gitVersion=v https://kubernetes.io/releases/download --version
k6 2.2.0 2.2.0 k6 go.k6.io/k6/v2 - - https://grafana.com/docs/k6/latest/set-up/install-k6 version
kwok 0.8.0 0.8.0 kwok sigs.k8s.io/kwok/cmd/kwok - sigs.k8s.io/kwok/pkg/consts.Version= https://kwok.sigs.k8s.io/docs/user/installation --version
helm 4.3.1 3.16.0 helm helm.sh/helm/v4/cmd/helm - helm.sh/helm/v4/internal/version.version=v https://helm.sh/docs/intro/install version --short
'

WANTED=${1:-}
NAMES=
TOOL=
while read -r name version least module package tags variable site how; do
  [ -n "$name" ] || continue
  NAMES="${NAMES:+$NAMES|}$name"
  [ "$name" = "$WANTED" ] || continue
  TOOL=$name VERSION=$version LEAST=$least MODULE=$module PACKAGE=$package
  TAGS=$tags VARIABLE=$variable SITE=$site HOW=$how
done <<END
$TOOLS
END
[ -n "$TOOL" ] || { echo "usage: find-tool.sh <$NAMES>" >&2; exit 2; }

HERE=$(cd "$(dirname "$0")" && pwd)
BIN="$HERE/../../.tools/bin"
mkdir -p "$BIN"
BIN=$(cd "$BIN" && pwd)
LOCAL="$BIN/$TOOL"
LOCK="$BIN/.$TOOL.lock"
PART="$BIN/.$TOOL.$$"

version_of() {
  # shellcheck disable=SC2086 # How to ask may be several words.
  PULUMI_SKIP_UPDATE_CHECK=1 "$1" $HOW 2>&1 | sed -nE '1s/^(.*[ v])?([0-9]+\.[0-9]+\.[0-9]+).*/\2/p'
}

new_enough() {
  [ -n "$1" ] && [ "$(printf '%s\n%s\n' "$LEAST" "$1" | sort -t. -k1,1n -k2,2n -k3,3n | sed -n 1p)" = "$LEAST" ]
}

ours() {
  [ -x "$LOCAL" ] && [ "$(version_of "$LOCAL")" = "$VERSION" ]
}

if ours; then echo "$LOCAL"; exit 0; fi

OTHER=$(command -v "$TOOL" || true)
if [ -n "$OTHER" ] && new_enough "$(version_of "$OTHER")"; then echo "$OTHER"; exit 0; fi

command -v go >/dev/null 2>&1 || {
  echo "$TOOL $LEAST or newer is missing, and Go to build it: put $TOOL on PATH ($SITE)," \
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
  cd "$HERE/$MODULE"
  # `direct` would send a slow proxy's misses to Git hosts that may be out of reach; go.sum vouches for what comes.
  GOPROXY=$(go env GOPROXY | sed 's/,direct$//')
  export GOPROXY
  # Prometheus without service discovery but files: a third less to build, and tests know where everything is.
  [ "$TAGS" = - ] && TAGS=
  LINK="-s -w"
  [ "$VARIABLE" = - ] || LINK="$LINK -X $VARIABLE$VERSION"
  go build -mod=readonly -buildvcs=false -trimpath -tags "$TAGS" -ldflags "$LINK" \
    -o "$PART" "$PACKAGE" >&2 || {
    echo "$TOOL $VERSION could not be built, see above. One of version $LEAST or newer on PATH serves as well." >&2
    exit 1
  }
  mv -f "$PART" "$LOCAL"
fi
echo "$LOCAL"
