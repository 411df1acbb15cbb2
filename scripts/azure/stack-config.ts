/** The configuration of the one stack on Azure. */
import { Refusal } from '../verbs/refusal.ts';
import { configFile, hasConfig, readConfig } from '../verbs/stack-config.ts';

export const STACK = 'azure';
export const CONFIG_FILE = configFile(STACK);
const WRITER = 'make provision';

/** Full keys such as stt:name. Empty values and secrets are left out; there may be no file yet. Throws `Refusal`. */
export function readStackConfig(root: string): Readonly<Record<string, string>> {
  return readConfig(root, STACK, WRITER);
}

/** Throws `Refusal` where a stack that holds resources has no configuration here, as in a second clone. */
export function mustHaveConfig(config: Readonly<Record<string, string>>): void {
  if (config['azure-native:location'] !== undefined) return;
  throw new Refusal(
    `The stack holds resources, and ${CONFIG_FILE} does not say in which region: it was written in another clone. Type: pulumi config refresh --stack ${STACK}, then the same again`,
  );
}

/** Whether there is a value, also one that only Pulumi can read. */
export function hasValue(root: string, key: string): boolean {
  return hasConfig(root, STACK, WRITER, key);
}
