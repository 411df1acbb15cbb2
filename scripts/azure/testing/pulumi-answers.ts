/** What `up` and `destroy` of the fake pulumi do to Azure. */
import type { Rule } from '../../verbs/testing/fake-program.ts';
import { statefulPulumi } from '../../verbs/testing/pulumi-answers.ts';

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
  ...statefulPulumi('azure'),
  { match: 'preview', out: 'Previewing update (azure): 14 to create\n' },
  { match: 'up --yes', sh: UP },
  {
    match: 'destroy --yes',
    sh: `echo 0 > "$state/resources"; rm -f "$state/outputs" "$state/revision" "$state/deployed"`,
  },
];
