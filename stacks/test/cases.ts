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

/** Configurations of stack `local`, and what `.env` says in each. */
export const LOCAL_CASES = {
  minimal: { config: { 'stt:image': 'stt:sha-0123456789abcdef' }, envFile: {} },
  alone: {
    config: {
      'stt:image': 'stt:dev',
      'stt:monitoring': 'false',
      'stt:replicas': '3',
      'stt:cpu': '1',
    },
    envFile: {},
  },
  full: {
    config: {
      'stt:image': 'localhost:5000/stt:dev',
      'stt:engine': 'azure-speech',
      'stt:fallbackEngine': 'moonshine-base',
      'stt:replicas': 'auto',
      'stt:maxReplicas': '5',
      'stt:cpu': '1.5',
      'stt:memory': '4Gi',
      'stt:poolSize': '8',
      'stt:apiKeys': KEYS,
      'stt:faults': 'leak:260MB',
      'stt:env': '{"LOG_LEVEL":"debug"}',
      'stt:nodePort': '30700',
      'stt:runbookUrl': 'https://docs.example.com/runbooks',
    },
    envFile: {
      STT_AZURE_SPEECH_RESOURCE_NAME: 'stt-speech-ab12cd',
      STT_LANGUAGES: 'en-US,de-DE',
      LOG_LEVEL: 'warn',
      PORT: '9999',
      AZURE_CLIENT_SECRET: 'never to be seen',
    },
  },
} as const satisfies Record<
  string,
  { readonly config: Record<string, string>; readonly envFile: Record<string, string> }
>;
