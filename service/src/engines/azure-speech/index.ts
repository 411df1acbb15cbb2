/** Azure AI Speech through its SDK: decoded audio goes up as a stream, phrases come back as they are recognised. */
import {
  CancellationReason,
  Recognizer,
  ResultReason,
} from 'microsoft-cognitiveservices-speech-sdk';
import type { ConnectionMessage } from 'microsoft-cognitiveservices-speech-sdk';
import { speechUrl } from '../azure/endpoint.ts';
import { connectionLost, silent, unauthorized, unreadable } from '../azure/failures.ts';
import { localeFor, SPEECH_LOCALES } from '../azure/locales.ts';
import type { AzureSettings } from '../azure/settings.ts';
import { watchForStall } from '../azure/stall-watch.ts';
import { AZURE_SPEECH_SUPPORT } from '../azure/support.ts';
import type { AudioSource, Engine, Segment, TranscribeOptions } from '../engine.ts';
import { failureOf } from './cancellation.ts';
import { createInbox } from './inbox.ts';
import { openRecogniser } from './recogniser.ts';
import { toSegment } from './results.ts';
import { upload } from './upload.ts';

export function createAzureSpeech(settings: AzureSettings): Engine {
  return {
    id: 'azure-speech',
    support: AZURE_SPEECH_SUPPORT,
    load() {
      Recognizer.enableTelemetry(false);
      return Promise.resolve();
    },
    transcribe: (source, options, signal) => transcribe(settings, source, options, signal),
    close: () => Promise.resolve(),
  };
}

async function* transcribe(
  settings: AzureSettings,
  source: AudioSource,
  options: TranscribeOptions,
  signal: AbortSignal,
): AsyncGenerator<Segment, void, void> {
  signal.throwIfAborted();
  if (options.token === null) throw unauthorized();
  const locales =
    options.language === 'auto'
      ? settings.languages
      : [localeFor(options.language, SPEECH_LOCALES, settings.languages)];
  const onlyLocale = locales.length === 1 ? (locales[0] ?? null) : null;
  const { recognizer, connection, stream, wire, close } = openRecogniser({
    url: speechUrl(settings.endpoint),
    token: options.token,
    locales,
  });
  const inbox = createInbox<Segment>();
  const over = new AbortController();
  const watch = watchForStall(settings.stallMs, () => inbox.fail(silent(settings.stallMs)));
  const alive = () => {
    watch.touch();
    options.alive();
  };
  let sentBytes = 0;

  recognizer.recognized = (_, { result }) => {
    if (result.reason !== ResultReason.RecognizedSpeech) return;
    try {
      const segment = toSegment(result.json, onlyLocale);
      if (segment !== null) inbox.put(segment);
    } catch {
      inbox.fail(unreadable());
    }
  };
  recognizer.canceled = (_, { reason, errorCode, errorDetails }) => {
    if (reason === CancellationReason.EndOfStream) inbox.end();
    else inbox.fail(failureOf(errorCode, errorDetails, settings.stallMs));
  };
  recognizer.sessionStopped = () => inbox.end();
  connection.messageSent = ({ message }) => {
    if (message.isBinaryMessage) sentBytes += message.binaryMessage?.byteLength ?? 0;
    alive();
  };
  // The SDK says nothing when it cannot read a message, and at some it stops listening.
  let unread = 0;
  wire.onMessage = () => {
    unread += 1;
    setTimeout(() => unread > 0 && inbox.fail(unreadable()), 0);
  };
  connection.messageReceived = ({ message }) => {
    unread -= 1;
    if (isReadable(message)) alive();
    else inbox.fail(unreadable());
  };
  const onAbort = () => inbox.fail(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });

  let uploading: Promise<void> | undefined;
  try {
    recognizer.startContinuousRecognitionAsync(
      () => undefined,
      () => inbox.fail(connectionLost()),
    );
    uploading = upload(
      source.pcm(),
      stream,
      { sentBytes: () => sentBytes, bufferedBytes: () => wire.bufferedBytes(), onBlock: alive },
      over.signal,
    ).catch((error: unknown) => inbox.fail(error));
    yield* inbox;
  } finally {
    over.abort();
    watch.stop();
    signal.removeEventListener('abort', onAbort);
    await close();
    await uploading;
  }
}

function isReadable(message: ConnectionMessage): boolean {
  // Typed as always there, but a frame without headers has none.
  if (!(message.path as string | undefined)) return false;
  if (!message.isTextMessage || message.TextMessage === '') return true;
  try {
    JSON.parse(message.TextMessage);
    return true;
  } catch {
    return false;
  }
}
