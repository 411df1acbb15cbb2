/** Errors that are known: what they mean here, and what to type next. Those of Pulumi itself belong to every stack. */

export interface Explanation {
  /** What to look for in an error. */
  readonly pattern: RegExp;
  /** The name under which the error is known, for people who search. */
  readonly title: string;
  /** What it means. */
  readonly sentence: string;
  /** What to type; names in <> are filled in as far as they are known. */
  readonly next: string;
}

/** Names for the <> of an explanation. */
export type Facts = Readonly<Record<string, string | null | undefined>>;

/** What Pulumi says whatever the stack is made of. */
export function pulumiExplanations(stack: string): readonly Explanation[] {
  return [
    {
      pattern:
        /is currently locked|the stack is currently locked|ConcurrentUpdate|Another update is currently in progress/i,
      title: 'the stack is currently locked',
      sentence: 'Another pulumi works on this stack, or one was killed.',
      next: `pulumi cancel --stack ${stack} when none does, then the same again`,
    },
    {
      pattern: /pending operations|interrupted while/i,
      title: 'the current deployment has … resource(s) with pending operations',
      sentence:
        'An earlier run was killed in the middle, and Pulumi does not know what became of its last steps.',
      next: `pulumi refresh --stack ${stack}, then the same again`,
    },
    {
      pattern: /incorrect passphrase/,
      title: 'incorrect passphrase',
      sentence: 'The passphrase is not the one that the stack was made with.',
      next: 'export PULUMI_CONFIG_PASSPHRASE_FILE=<file>, then the same again',
    },
    {
      pattern: /passphrase must be set/,
      title: 'passphrase must be set',
      sentence: 'Pulumi got no passphrase for the secrets of the stack.',
      next: 'export PULUMI_CONFIG_PASSPHRASE_FILE=<file>, then the same again',
    },
    {
      pattern: /PULUMI_ACCESS_TOKEN must be set|invalid access token/,
      title: 'PULUMI_ACCESS_TOKEN must be set',
      sentence: 'Pulumi is not logged in where it keeps its state.',
      next: 'pulumi login',
    },
    {
      pattern: /no language plugin 'pulumi-language-bun'/,
      title: "no language plugin 'pulumi-language-bun'",
      sentence: 'pulumi was installed without the host for Bun that comes with it.',
      next: 'curl -fsSL https://get.pulumi.com | sh',
    },
  ];
}

/** Sentence and next command of the first that fits, or null. */
export function explainWith(
  explanations: readonly Explanation[],
  text: string,
  facts: Facts,
): string | null {
  const found = explanations.find(({ pattern }) => pattern.test(text));
  if (found === undefined) return null;
  const next = found.next.replaceAll(/<(\w+)>/g, (whole, name: string) => facts[name] || whole);
  return `${found.sentence} Type: ${next}`;
}
