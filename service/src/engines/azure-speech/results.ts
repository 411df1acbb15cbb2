/** The detailed answer of the Speech service, phrase by phrase. */
import { z } from 'zod';
import type { Segment } from '../engine.ts';

/** Times are in ticks of 100 ns. */
const TICKS_PER_SECOND = 10_000_000;

const PHRASE = z.object({
  Offset: z.number(),
  Duration: z.number(),
  PrimaryLanguage: z.object({ Language: z.string() }).optional(),
  NBest: z
    .array(
      z.object({
        Confidence: z.number().min(0).max(1).optional(),
        Display: z.string(),
        Words: z
          .array(z.object({ Word: z.string(), Offset: z.number(), Duration: z.number() }))
          .optional(),
      }),
    )
    .min(1),
});

/**
 * One recognised phrase as a segment, or null when nothing was said in it.
 * @param json the `SpeechServiceResponse_JsonResult` of a result @param locale heard when the phrase names none
 * Throws when it is not what the protocol promises.
 */
export function toSegment(json: string, locale: string | null): Segment | null {
  const { Offset, Duration, PrimaryLanguage, NBest } = PHRASE.parse(JSON.parse(json));
  const [best] = NBest;
  const text = best?.Display.trim() ?? '';
  if (best === undefined || text === '') return null;
  const language = PrimaryLanguage?.Language ?? locale;
  return {
    start: Offset / TICKS_PER_SECOND,
    end: (Offset + Duration) / TICKS_PER_SECOND,
    text,
    confidence: best.Confidence ?? null,
    ...(language !== null && { language }),
    ...(best.Words !== undefined && {
      words: best.Words.map((word) => ({
        word: word.Word,
        start: word.Offset / TICKS_PER_SECOND,
        end: (word.Offset + word.Duration) / TICKS_PER_SECOND,
      })),
    }),
  };
}
