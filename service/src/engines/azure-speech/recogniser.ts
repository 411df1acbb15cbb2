/** The Speech SDK's objects for one recording, set up and taken down. */
import {
  AudioConfig,
  AudioInputStream,
  AutoDetectSourceLanguageConfig,
  Connection,
  LanguageIdMode,
  OutputFormat,
  ProfanityOption,
  PropertyId,
  SpeechConfig,
  SpeechRecognizer,
} from 'microsoft-cognitiveservices-speech-sdk';
import type { PushAudioInputStream } from 'microsoft-cognitiveservices-speech-sdk';
import { watchWire } from './sdk-internals.ts';
import type { Wire } from './sdk-internals.ts';

/** How long a connection gets to close in peace, in ms. */
const CLOSE_MS = 1_000;
const AN_HOUR_MS = 3_600_000;

export interface RecogniserOptions {
  readonly url: URL;
  readonly token: string;
  /** One is what is spoken; of several the service finds out which. */
  readonly locales: readonly string[];
}

export interface Recogniser {
  readonly recognizer: SpeechRecognizer;
  readonly connection: Connection;
  readonly stream: PushAudioInputStream;
  readonly wire: Wire;
  /** Closes the websocket, whatever state it is in. Never rejects. */
  close(): Promise<void>;
}

export function openRecogniser({ url, token, locales }: RecogniserOptions): Recogniser {
  const config = SpeechConfig.fromEndpoint(url, {
    getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + AN_HOUR_MS }),
  });
  config.outputFormat = OutputFormat.Detailed;
  config.requestWordLevelTimestamps();
  config.setProfanity(ProfanityOption.Raw);
  // The SDK sends files at twice their speed after 5 s; a week lifts that. Spelled as the SDK spells it.
  config.setProperty('SPEECH-TransmitLengthBeforThrottleMs', String(7 * 24 * AN_HOUR_MS));
  // Without it the SDK tries five times at once: retries are ours, with a wait between them.
  config.setProperty('SPEECH-Error-MaxRetryCount', '0');
  // A web worker for the SDK's timers would cost each process a second JavaScript heap.
  config.setProperty(PropertyId.WebWorkerLoadType, 'off');

  const stream = AudioInputStream.createPushStream();
  const audio = AudioConfig.fromStreamInput(stream);
  const recognizer = createRecognizer(config, audio, locales);
  const connection = Connection.fromRecognizer(recognizer);
  const wire = watchWire(recognizer);
  return {
    recognizer,
    connection,
    stream,
    wire,
    async close() {
      await settled((done) => connection.closeConnection(done, done));
      await settled((done) => recognizer.close(done, done));
    },
  };
}

function createRecognizer(
  config: SpeechConfig,
  audio: AudioConfig,
  locales: readonly string[],
): SpeechRecognizer {
  const [only, ...others] = locales;
  if (only !== undefined && others.length === 0) {
    config.speechRecognitionLanguage = only;
    return new SpeechRecognizer(config, audio);
  }
  const detection = AutoDetectSourceLanguageConfig.fromLanguages([...locales]);
  detection.mode = LanguageIdMode.Continuous;
  return SpeechRecognizer.FromConfig(config, detection, audio);
}

/** Some callbacks of the SDK never come. */
function settled(start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, CLOSE_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    try {
      start(done);
    } catch {
      done();
    }
  });
}
