/** The shapes of answers, for the OpenAPI document and for the tests that hold real answers against it. */
import { t } from 'elysia';
import { ENGINE_IDS, ISOLATIONS } from '../contract.ts';
import { ERROR_STATUS } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';

const confidence = t.Union([t.Number({ minimum: 0, maximum: 1 }), t.Null()], {
  description: "The engine's own measure, or null when it has none.",
});
const seconds = (description: string) => t.Number({ minimum: 0, description });
const milliseconds = (description: string) => t.Integer({ minimum: 0, description });

export const TranscriptSchema = t.Object(
  {
    text: t.String({ description: 'All segments joined; empty for silence.' }),
    language: t.String({ description: 'BCP-47 tag: the one asked for, or what was heard.' }),
    duration_seconds: seconds('Length of the recording.'),
    confidence,
    segments: t.Array(
      t.Object({
        id: t.Integer({ minimum: 0 }),
        start: seconds('From the start of the recording.'),
        end: seconds('From the start of the recording.'),
        text: t.String(),
        confidence,
        words: t.Optional(
          t.Array(
            t.Object({
              word: t.String(),
              start: seconds('From the start of the recording.'),
              end: seconds('From the start of the recording.'),
            }),
            { description: 'From engines that know the times of words (Azure).' },
          ),
        ),
      }),
    ),
    engine: t.Union(ENGINE_IDS.map((id) => t.Literal(id))),
    isolation: t.Union(ISOLATIONS.map((isolation) => t.Literal(isolation))),
    timings: t.Object({
      upload_ms: milliseconds('Receiving the upload.'),
      queue_ms: milliseconds('Waiting for a worker.'),
      decode_ms: milliseconds('Decoding and resampling.'),
      transcribe_ms: milliseconds('Voice activity detection and engine.'),
      total_ms: milliseconds('From the first byte of the request to the answer.'),
    }),
    request_id: t.String(),
  },
  { additionalProperties: false },
);

export const ProblemSchema = t.Object(
  {
    type: t.String(),
    title: t.String(),
    status: t.Integer(),
    detail: t.String({ description: 'What was wrong, with which value, and what to do.' }),
    code: t.Union(Object.keys(ERROR_STATUS).map((code) => t.Literal(code))),
    request_id: t.String(),
    retry_after_seconds: t.Optional(t.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);

export const COMPONENTS = { Transcript: TranscriptSchema, Problem: ProblemSchema };

/** OpenAPI answers for a set of error codes, one entry a status. */
export function problemResponses(codes: readonly ErrorCode[]) {
  const byStatus = Map.groupBy(codes, (code) => ERROR_STATUS[code]);
  return Object.fromEntries(
    [...byStatus].map(([status, members]) => [
      status,
      {
        description: members.map((code) => `\`${code}\``).join(', '),
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    ]),
  );
}
