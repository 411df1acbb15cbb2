/** The real SDKs, pointed at an emulator, for tests. */
import { TranscriptionClient } from '@azure/ai-speech-transcription';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import * as sdk from 'microsoft-cognitiveservices-speech-sdk';
import { COGNITIVE_SERVICES_AUDIENCE } from './index.ts';
import type { Emulator } from './index.ts';
import { pcm, SAMPLE_RATE } from './test-audio.ts';

export async function askIdentity(
  emulator: Emulator,
  query: Record<string, string> = {},
  header = emulator.env['IDENTITY_HEADER'] ?? '',
): Promise<Response> {
  const all = { 'api-version': '2019-08-01', resource: COGNITIVE_SERVICES_AUDIENCE, ...query };
  const address = `${emulator.env['IDENTITY_ENDPOINT']}?${new URLSearchParams(all)}`;
  return fetch(address, { headers: { 'X-IDENTITY-HEADER': header } });
}

export async function fetchToken(emulator: Emulator, resource?: string): Promise<string> {
  const answer = await askIdentity(emulator, resource === undefined ? {} : { resource });
  const body = (await answer.json()) as { access_token: string };
  return body.access_token;
}

/** A new token each time, or always the one that is given. */
export function credentialOf(emulator: Emulator, fixed?: string): TokenCredential {
  return {
    getToken: async () => ({
      token: fixed ?? (await fetchToken(emulator)),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
}

export interface SpeechRequest {
  readonly seconds: number;
  readonly amplitude?: number;
  /** A language, or the candidates of language identification. */
  readonly language?: string | readonly string[];
  readonly credential?: TokenCredential;
  readonly sampleRate?: number;
  /** After so long without the last event, `timedOut`. */
  readonly deadlineMs?: number;
}

export interface Heard {
  readonly events: string[];
  readonly results: sdk.SpeechRecognitionResult[];
  readonly text: string;
  readonly cancellation: { reason: string; code: string; details: string } | null;
  readonly timedOut: boolean;
}

function createRecognizer(emulator: Emulator, request: SpeechRequest): sdk.SpeechRecognizer {
  const address = `${emulator.url.replace('http', 'ws')}/stt/speech/universal/v2`;
  const credential = request.credential ?? credentialOf(emulator);
  const config = sdk.SpeechConfig.fromEndpoint(new URL(address), credential);
  config.outputFormat = sdk.OutputFormat.Detailed;
  config.requestWordLevelTimestamps();
  config.setProperty('SPEECH-TransmitLengthBeforThrottleMs', '3600000');
  const format = sdk.AudioStreamFormat.getWaveFormatPCM(request.sampleRate ?? SAMPLE_RATE, 16, 1);
  const stream = sdk.AudioInputStream.createPushStream(format);
  stream.write(pcm(request.seconds, request.amplitude).buffer);
  stream.close();
  const audio = sdk.AudioConfig.fromStreamInput(stream);
  const language = request.language ?? 'en-US';
  if (typeof language === 'string') {
    config.speechRecognitionLanguage = language;
    return new sdk.SpeechRecognizer(config, audio);
  }
  const candidates = sdk.AutoDetectSourceLanguageConfig.fromLanguages([...language]);
  return sdk.SpeechRecognizer.FromConfig(config, candidates, audio);
}

/** Recognises to the last event that the SDK has to give, or to the deadline. */
export async function recognize(emulator: Emulator, request: SpeechRequest): Promise<Heard> {
  const recognizer = createRecognizer(emulator, request);
  const connection = sdk.Connection.fromRecognizer(recognizer);
  const events: string[] = [];
  const results: sdk.SpeechRecognitionResult[] = [];
  let cancellation: Heard['cancellation'] = null;
  const { promise: over, resolve: finish } = Promise.withResolvers<void>();
  connection.connected = () => void events.push('connected');
  connection.disconnected = () => void events.push('disconnected');
  recognizer.speechStartDetected = () => void events.push('speechStartDetected');
  recognizer.recognizing = () => void events.push('recognizing');
  recognizer.recognized = (_, { result }) => {
    events.push('recognized');
    results.push(result);
  };
  recognizer.speechEndDetected = () => void events.push('speechEndDetected');
  recognizer.canceled = (_, { reason, errorCode, errorDetails }) => {
    events.push('canceled');
    cancellation = {
      reason: sdk.CancellationReason[reason] ?? '',
      code: sdk.CancellationErrorCode[errorCode] ?? '',
      details: errorDetails ?? '',
    };
    if (reason === sdk.CancellationReason.Error) finish();
  };
  recognizer.sessionStopped = () => {
    events.push('sessionStopped');
    finish();
  };
  recognizer.startContinuousRecognitionAsync();
  const deadline = Bun.sleep(request.deadlineMs ?? 5000).then(() => true);
  const timedOut = await Promise.race([over.then(() => false), deadline]);
  // Closing makes events of its own.
  const seen = [...events];
  await close(recognizer);
  const text = results.map((result) => result.text).join(' ');
  return { events: seen, results, text, cancellation, timedOut };
}

/** A websocket of one's own, for what the SDK never sends. */
export async function openSocket(
  emulator: Emulator,
  token: string,
  query: Record<string, string> = {},
  path = '/stt/speech/universal/v2',
): Promise<WebSocket> {
  const all = new URLSearchParams({ ...query, Authorization: `Bearer ${token}` });
  const socket = new WebSocket(`${emulator.url.replace('http', 'ws')}${path}?${all}`);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  return socket;
}

async function close(recognizer: sdk.SpeechRecognizer): Promise<void> {
  const connection = sdk.Connection.fromRecognizer(recognizer);
  await new Promise<void>((resolve) => connection.closeConnection(resolve, () => resolve()));
  await new Promise<void>((resolve) => recognizer.close(resolve, () => resolve()));
}

/** The client insists on https to send a token, so the address is changed behind its back. */
export function fastClient(
  emulator: Emulator,
  credential: TokenCredential = credentialOf(emulator),
): TranscriptionClient {
  const client = new TranscriptionClient('https://emulator.invalid', credential, {
    retryOptions: { maxRetries: 0 },
  });
  const toEmulator: PipelinePolicy = {
    name: 'toEmulator',
    sendRequest: (request, next) => {
      request.url = request.url.replace('https://emulator.invalid', emulator.url);
      request.allowInsecureConnection = true;
      return next(request);
    },
  };
  client.pipeline.addPolicy(toEmulator, { afterPhase: 'Sign' });
  return client;
}
