/** One recognition by the Speech SDK as its documentation shows it: the throttle is on. */
import {
  AudioConfig,
  AudioInputStream,
  CancellationReason,
  SpeechConfig,
  SpeechRecognizer,
} from 'microsoft-cognitiveservices-speech-sdk';
import type { Emulator } from '../emulator/index.ts';
import { credentialOf, fetchToken } from '../emulator/test-clients.ts';
import { openAudio } from '../src/audio/index.ts';
import { toPcm16 } from '../src/engines/azure-speech/upload.ts';
import { speechUrl } from '../src/engines/azure/endpoint.ts';
import type { Clip } from './clips.ts';

/** Milliseconds from the decoded file to the end of the stream of answers. */
export async function untunedRecognition(emulator: Emulator, clip: Clip): Promise<number> {
  const token = await fetchToken(emulator);
  const blocks = await decoded(clip);
  const startedAt = performance.now();
  const config = SpeechConfig.fromEndpoint(speechUrl(emulator.url), credentialOf(emulator, token));
  config.speechRecognitionLanguage = 'en-US';
  const stream = AudioInputStream.createPushStream();
  for (const block of blocks) stream.write(block);
  stream.close();
  const recognizer = new SpeechRecognizer(config, AudioConfig.fromStreamInput(stream));
  await new Promise<void>((resolve, reject) => {
    recognizer.canceled = (_, { reason }) =>
      reason === CancellationReason.EndOfStream
        ? resolve()
        : reject(new Error('the recognition was cancelled'));
    recognizer.startContinuousRecognitionAsync();
  });
  const elapsed = performance.now() - startedAt;
  await new Promise<void>((resolve) => recognizer.close(resolve, () => resolve()));
  return elapsed;
}

async function decoded({ path }: Clip): Promise<ArrayBuffer[]> {
  const audio = await openAudio(path, { maxSeconds: 3_600 });
  const blocks = (await Array.fromAsync(audio.pcm())).map(toPcm16);
  await audio.close();
  return blocks;
}
