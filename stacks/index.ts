/** The Pulumi program: one project, a stack for each place. Each stack's resources are loaded only when it is chosen. */
import { getStack } from '@pulumi/pulumi';
import { readAzureSettings, readEnvFile, readLocalSettings } from './config.ts';

type Outputs = Record<string, unknown>;

const STACKS: Readonly<Record<string, () => Promise<Outputs>>> = {
  azure: async () => (await import('./azure/index.ts')).azureStack(readAzureSettings()),
  local: async () =>
    (await import('./local/index.ts')).localStack(readLocalSettings(), readEnvFile()),
};

// Pulumi runs what the module exports by default and takes what it gives as the stack's outputs.
export default async function program(): Promise<Outputs> {
  const name = getStack();
  // `azure`, or `azure-` and more for a second one of the kind.
  const create = STACKS[name.split('-')[0] ?? ''];
  if (create === undefined) {
    throw new Error(
      `There is no stack called ${name}: choose one of ${Object.keys(STACKS).join(', ')}, such as pulumi up -s azure.`,
    );
  }
  return create();
}
