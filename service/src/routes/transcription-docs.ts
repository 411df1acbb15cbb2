/** The OpenAPI description shared by the three native transcription routes. */
import { FIELDS, HEADERS } from '../contract.ts';
import type { ErrorCode } from '../errors.ts';
import { problemResponses } from './schemas.ts';

const COMMON_ERRORS: readonly ErrorCode[] = [
  'invalid_request',
  'missing_file',
  'invalid_parameter',
  'unauthorized',
  'upload_timeout',
  'audio_too_large',
  'audio_too_long',
  'unsupported_media',
  'audio_undecodable',
  'empty_audio',
  'unsupported_language',
  'rate_limited',
  'internal',
  'engine_failed',
  'queue_full',
  'queue_timeout',
  'shutting_down',
  'engine_unavailable',
  'storage_full',
  'transcription_timeout',
];

const language = { type: 'string', default: 'auto', description: 'BCP-47 tag or `auto`.' } as const;
const engine = {
  type: 'string',
  description: 'One of the configured engines; left out, the default one.',
} as const;
const audio = { type: 'string', format: 'binary' } as const;

export function transcriptionDocs(
  summary: string,
  description: string,
  furtherErrors: readonly ErrorCode[] = [],
) {
  return {
    tags: ['transcription'],
    summary,
    description,
    parameters: [
      {
        name: FIELDS.language,
        in: 'query' as const,
        schema: language,
        description: 'For a raw body.',
      },
      { name: FIELDS.engine, in: 'query' as const, schema: engine, description: 'For a raw body.' },
    ],
    requestBody: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object' as const,
            required: [FIELDS.audio],
            properties: {
              [FIELDS.audio]: {
                ...audio,
                description: `wav, flac, mp3, m4a, mp4, aac, ogg, webm or aiff. Alias: \`${FIELDS.audioAlias}\`.`,
              },
              [FIELDS.language]: language,
              [FIELDS.engine]: engine,
            },
          },
        },
        'audio/*': { schema: audio },
      },
    },
    responses: {
      200: {
        description: 'The transcript.',
        headers: Object.fromEntries(
          [HEADERS.requestId, HEADERS.engine, HEADERS.serverTiming].map((name) => [
            name,
            { schema: { type: 'string' as const } },
          ]),
        ),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Transcript' } } },
      },
      ...problemResponses([...COMMON_ERRORS, ...furtherErrors]),
    },
  };
}
