/** The only reader of a stack's configuration: raw values in, typed settings out, every fault at once. */
import { runtime } from '@pulumi/pulumi';
import { azureSettings } from './azure/settings.ts';
import type { AzureSettings } from './azure/settings.ts';

/** What the configuration says under `stt:` and `azure-native:`, names with their prefix. Throws `SettingsError`. */
export function readAzureSettings(): AzureSettings {
  return azureSettings(runtime.allConfig());
}
