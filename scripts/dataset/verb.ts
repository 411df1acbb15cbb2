/** make generate-audio-list as a verb: of the corpus that is published, or of another one of the same layout. */
import type { Verb } from '../verbs/verb.ts';
import type { Patience } from './archive.ts';
import { AUDIO_LIST_OPTIONS, readChoices } from './choices.ts';
import type { Corpus } from './corpus.ts';
import { generateAudioList } from './generate.ts';

export function audioListVerb(root: string, corpus: Corpus, patience: Patience): Verb {
  return {
    name: 'generate-audio-list',
    root,
    options: AUDIO_LIST_OPTIONS,
    afterwards: 'What was downloaded is kept: make generate-audio-list goes on from there.',
    sentenceFor: () => null,
    act(session, typed) {
      // As Ctrl-C, from a machine.
      process.on('SIGTERM', () => process.kill(process.pid, 'SIGINT'));
      return generateAudioList(session, corpus, readChoices(process.cwd(), typed), patience);
    },
  };
}
