/** Configurations of stack `azure` that its tests run with: the least, a usual one, and everything at once. */

const KEYS = `first:${'a'.repeat(64)}`;
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

export const AZURE_CASES = {
  minimal: { 'azure-native:location': 'swedencentral' },
  deployed: {
    'azure-native:location': 'swedencentral',
    'stt:image': `stta9ee31.azurecr.io/stt@${DIGEST}`,
    'stt:apiKeys': KEYS,
    'stt:alertEmails': 'oncall@example.com',
  },
  full: {
    'azure-native:location': 'westeurope',
    'stt:name': 'words',
    'stt:image': `wordsab12cd.azurecr.io/stt@${DIGEST}`,
    'stt:apiKeys': `# two teams\n${KEYS}:4\nsecond:${'b'.repeat(64)}`,
    'stt:allowedAddresses': '203.0.113.0/24, 198.51.100.7',
    'stt:engine': 'azure-fast',
    'stt:fallbackEngine': 'moonshine-base',
    'stt:languages': 'en-US,de-DE',
    'stt:poolSize': '16',
    'stt:cpu': '1.5',
    'stt:memory': '3Gi',
    'stt:minReplicas': '2',
    'stt:maxReplicas': '10',
    'stt:env': '{"LOG_LEVEL":"debug","PROCESS_MAX_TASKS":50}',
    'stt:alertEmails': 'oncall@example.com,team@example.com',
    'stt:runbookUrl': 'https://docs.example.com/runbooks',
    'stt:logRetentionDays': '90',
    'stt:logDailyGb': '5',
    'stt:prometheus': 'true',
    'stt:principalId': 'abcdefab-1234-1234-1234-abcdefabcdef',
    'stt:principalType': 'ServicePrincipal',
  },
} as const satisfies Record<string, Record<string, string>>;
