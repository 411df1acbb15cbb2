/** The answer of Fast Transcription as segments. */
import { z } from 'zod';
import type { Segment } from '../engine.ts';

const RESULT = z.object({
  durationInMs: z.number().min(0),
  phrases: z.array(
    z.object({
      offsetInMs: z.number(),
      durationInMs: z.number(),
      text: z.string(),
      locale: z.string().optional(),
      confidence: z.number().min(0).max(1).optional(),
      words: z
        .array(z.object({ text: z.string(), offsetInMs: z.number(), durationInMs: z.number() }))
        .nullish()
        .transform((words) => words ?? undefined),
    }),
  ),
});

export interface FastResult {
  readonly seconds: number;
  readonly segments: readonly Segment[];
}

/** @param result what the SDK made of the answer. Throws when it is not what the protocol promises. */
export function toFastResult(result: unknown): FastResult {
  const { durationInMs, phrases } = RESULT.parse(result);
  const segments = phrases
    .filter(({ text }) => text.trim() !== '')
    .map((phrase): Segment => ({
      start: phrase.offsetInMs / 1000,
      end: (phrase.offsetInMs + phrase.durationInMs) / 1000,
      text: phrase.text.trim(),
      confidence: phrase.confidence ?? null,
      ...(phrase.locale !== undefined && { language: phrase.locale }),
      ...(phrase.words !== undefined && {
        words: phrase.words.map((word) => ({
          word: word.text,
          start: word.offsetInMs / 1000,
          end: (word.offsetInMs + word.durationInMs) / 1000,
        })),
      }),
    }));
  // Phrases of several channels come one channel after the other.
  segments.sort((one, other) => one.start - other.start);
  return { seconds: durationInMs / 1000, segments };
}
