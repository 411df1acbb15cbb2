/** A pulumi that keeps its configuration in the real file and its resources in a number; who uses it adds `up` and `destroy`. */
import type { Rule } from './fake-program.ts';

/** Takes key and value, and writes them as Pulumi would, near enough. */
const put = (stack: string): string => `config="stacks/config/Pulumi.${stack}.yaml"
put() {
  [ -e "$config" ] || echo 'config:' > "$config"
  grep -v "^  $1:" "$config" > "$config.new"
  printf '  %s: "%s"\\n' "$1" "$2" >> "$config.new"
  mv "$config.new" "$config"
}`;

export function statefulPulumi(stack: string): readonly Rule[] {
  return [
    { match: 'version', out: 'v3.259.0\n' },
    {
      match: 'stack ls',
      sh: `if [ -e "$state/resources" ]; then printf '[{"name":"${stack}","resourceCount":%s}]' "$(cat "$state/resources")"; else echo '[]'; fi`,
    },
    {
      match: `stack select ${stack} --create`,
      sh: `printf '%s\\n%s\\n%s\\n' "$PULUMI_BACKEND_URL" "$PULUMI_CONFIG_PASSPHRASE_FILE" "$PATH" > "$state/environment"
[ -e "$state/resources" ] || echo 0 > "$state/resources"`,
    },
    { match: 'stack output --json', sh: `cat "$state/outputs" 2>/dev/null || echo '{}'` },
    {
      match: 'config set-all',
      sh: `${put(stack)}
shift 2
while [ "$1" = --plaintext ]; do put "\${2%%=*}" "\${2#*=}"; shift 2; done`,
    },
    {
      match: 'config set ',
      sh: `${put(stack)}
cat > "$state/value"
cat "$state/value" >> "$state/stdin"
value=$(sed ':a;N;$!ba;s/\\n/\\\\n/g' "$state/value")
put "$3" "$value"`,
    },
    {
      match: 'config rm ',
      sh: `${put(stack)}
[ ! -e "$config" ] || { grep -v "^  $3:" "$config" > "$config.new"; mv "$config.new" "$config"; }`,
    },
    {
      match: 'preview --json',
      sh: `if cmp -s stacks/config/Pulumi.${stack}.yaml "$state/deployed"; then echo '{"steps":[{"op":"same"}]}'; else echo '{"steps":[{"op":"update"},{"op":"same"}]}'; fi`,
    },
    { match: 'state unprotect --all --yes' },
  ];
}
