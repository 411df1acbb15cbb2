/** A pulumi that keeps its configuration in the real file and its resources in a number. */
import type { Rule } from './fake-program.ts';

/** Takes key and value, and writes them as Pulumi would, near enough. */
const SET = `config="stacks/config/Pulumi.azure.yaml"
put() {
  [ -e "$config" ] || echo 'config:' > "$config"
  grep -v "^  $1:" "$config" > "$config.new"
  printf '  %s: "%s"\\n' "$1" "$2" >> "$config.new"
  mv "$config.new" "$config"
}`;

/** What `up` does to Azure: resources, outputs, and a new revision where the image or a key changed. */
export const UP = `echo 14 > "$state/resources"
config="stacks/config/Pulumi.azure.yaml"
if grep -q '^  stt:image:' "$config"; then
  cat "$state/outputs.app" > "$state/outputs"
  if ! cmp -s "$config" "$state/deployed"; then
    n=$(cat "$state/revision" 2>/dev/null || echo 0)
    echo $((n + 1)) > "$state/revision"
    sed -n 's/^  stt:image: "\\(.*\\)"/\\1/p' "$config" > "$state/image"
  fi
else
  cat "$state/outputs.base" > "$state/outputs"
fi
cp "$config" "$state/deployed"
echo 'Updating (azure): 14 resources'`;

export const GOOD_PULUMI: readonly Rule[] = [
  { match: 'version', out: 'v3.259.0\n' },
  {
    match: 'stack ls',
    sh: `if [ -e "$state/resources" ]; then printf '[{"name":"azure","resourceCount":%s}]' "$(cat "$state/resources")"; else echo '[]'; fi`,
  },
  {
    match: 'stack select azure --create',
    sh: `printf '%s\\n%s\\n%s\\n' "$PULUMI_BACKEND_URL" "$PULUMI_CONFIG_PASSPHRASE_FILE" "$PATH" > "$state/environment"
[ -e "$state/resources" ] || echo 0 > "$state/resources"`,
  },
  { match: 'stack output --json', sh: `cat "$state/outputs" 2>/dev/null || echo '{}'` },
  {
    match: 'config set-all',
    sh: `${SET}
shift 2
while [ "$1" = --plaintext ]; do put "\${2%%=*}" "\${2#*=}"; shift 2; done`,
  },
  {
    match: 'config set ',
    sh: `${SET}
cat > "$state/value"
cat "$state/value" >> "$state/stdin"
value=$(sed ':a;N;$!ba;s/\\n/\\\\n/g' "$state/value")
put "$3" "$value"`,
  },
  {
    match: 'config rm ',
    sh: `${SET}
[ ! -e "$config" ] || { grep -v "^  $3:" "$config" > "$config.new"; mv "$config.new" "$config"; }`,
  },
  {
    match: 'preview --json',
    sh: `if cmp -s stacks/config/Pulumi.azure.yaml "$state/deployed"; then echo '{"steps":[{"op":"same"}]}'; else echo '{"steps":[{"op":"update"},{"op":"same"}]}'; fi`,
  },
  { match: 'preview', out: 'Previewing update (azure): 14 to create\n' },
  { match: 'up --yes', sh: UP },
  { match: 'state unprotect --all --yes' },
  {
    match: 'destroy --yes',
    sh: `echo 0 > "$state/resources"; rm -f "$state/outputs" "$state/revision" "$state/deployed"`,
  },
];
