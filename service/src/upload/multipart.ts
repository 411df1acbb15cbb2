/** A multipart body as a stream: one file part goes to the spool while it arrives, text fields are collected. */
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import type { BusboyFileStream, BusboyHeaders, BusboyInstance } from '@fastify/busboy';
import { FIELDS } from '../contract.ts';
import { AppError } from '../errors.ts';
import { tooLarge } from './body-reader.ts';
import type { SpoolFile } from './spool.ts';

const MAX_FIELDS = 20;
const MAX_FIELD_BYTES = 4096;
const MAX_FIELD_NAME_BYTES = 100;
const MAX_PART_HEADERS = 20;
const MAX_PART_HEADER_BYTES = 4096;

const HOW = `Send the recording as one file part named "${FIELDS.audio}": curl -F ${FIELDS.audio}=@clip.wav`;

export interface MultipartOptions {
  readonly contentType: string;
  /** Most bytes of the file part. */
  readonly maxBytes: number;
  /** Called once, when the file part begins. */
  createFile(): Promise<SpoolFile>;
}

/** Resolves with the text fields once the body has ended and its one file part is written. */
export async function readMultipart(
  chunks: AsyncIterable<Uint8Array>,
  options: MultipartOptions,
): Promise<ReadonlyMap<string, string>> {
  const parser = createParser(options.contentType);
  const fields = new Map<string, string>();
  const abort = new AbortController();
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
    abort.abort();
  };
  let fileWritten: Promise<void> | undefined;

  parser.on('file', (name, stream) => {
    // A stream that nobody reads would hold the parser for ever.
    const refuse = (error: AppError) => {
      stream.resume();
      fail(error);
    };
    stream.on('error', fail);
    if (name !== FIELDS.audio && name !== FIELDS.audioAlias) {
      refuse(new AppError('missing_file', `The file part is named "${printable(name)}". ${HOW}`));
    } else if (fileWritten !== undefined) {
      refuse(new AppError('invalid_request', `The request has more than one file part. ${HOW}`));
    } else {
      fileWritten = writePart(stream, options);
      fileWritten.catch(fail);
    }
  });
  parser.on('field', (name, value, _nameTruncated, valueTruncated) => {
    // Busboy bounds names in URL-encoded bodies alone.
    if (Buffer.byteLength(name) > MAX_FIELD_NAME_BYTES) {
      fail(
        new AppError(
          'invalid_parameter',
          `The field name "${printable(name)}…" is longer than ${MAX_FIELD_NAME_BYTES} bytes. Shorten it.`,
        ),
      );
    } else if (valueTruncated) {
      fail(
        new AppError(
          'invalid_parameter',
          `The field "${printable(name)}" is longer than ${MAX_FIELD_BYTES} bytes. Shorten it.`,
        ),
      );
    } else if (name === FIELDS.audio || name === FIELDS.audioAlias) {
      fail(new AppError('missing_file', `"${name}" came as text, not as a file. ${HOW}`));
    } else if (fields.has(name)) {
      fail(
        new AppError(
          'invalid_request',
          `The field "${printable(name)}" is given twice. Send it once.`,
        ),
      );
    } else {
      fields.set(name, value);
    }
  });
  const tooMany = () =>
    fail(new AppError('invalid_request', `The request has more than ${MAX_FIELDS} parts. ${HOW}`));
  parser.on('partsLimit', tooMany).on('fieldsLimit', tooMany).on('filesLimit', tooMany);
  parser.on('error', (error) => fail(malformed(error)));

  try {
    await pipeline(chunks, parser, { signal: abort.signal });
    await fileWritten;
  } catch (error) {
    const first = failure ?? error;
    throw first instanceof AppError ? first : malformed(first);
  }
  if (fileWritten === undefined) {
    throw new AppError('missing_file', `The request has no file part. ${HOW}`);
  }
  return fields;
}

function createParser(contentType: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': contentType } as BusboyHeaders,
      highWaterMark: 256 * 1024,
      fileHwm: 256 * 1024,
      limits: {
        fields: MAX_FIELDS,
        parts: MAX_FIELDS,
        fieldSize: MAX_FIELD_BYTES,
        headerPairs: MAX_PART_HEADERS,
        headerSize: MAX_PART_HEADER_BYTES,
      },
    });
  } catch (error) {
    throw malformed(error);
  }
}

async function writePart(stream: BusboyFileStream, options: MultipartOptions): Promise<void> {
  const file = await options.createFile();
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (file.bytes + chunk.byteLength > options.maxBytes) {
      throw tooLarge(file.bytes + chunk.byteLength, options.maxBytes);
    }
    await file.write(chunk);
  }
  await file.finish();
}

function malformed(cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError('invalid_request', `The multipart body cannot be read: ${reason}. ${HOW}`, {
    cause,
  });
}

/** A name from the client, made safe for a sentence. */
function printable(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
}
