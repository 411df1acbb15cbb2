/** From a request's body to one spooled file and its options, whichever of the two forms the request has. */
import { FIELDS } from '../contract.ts';
import { AppError } from '../errors.ts';
import { checkContentLength, readBody, tooLarge } from './body-reader.ts';
import type { BodyLimits } from './body-reader.ts';
import { readMultipart } from './multipart.ts';
import type { Spool, SpoolFile } from './spool.ts';

export interface IncomingBody {
  readonly stream: ReadableStream<Uint8Array> | null;
  readonly contentType: string | null;
  readonly contentLength: string | null;
  /** Options of a raw body; a multipart body carries its own. */
  readonly query: URLSearchParams;
}

export interface Upload {
  /** Complete and closed. Whoever receives the upload removes it. */
  readonly file: SpoolFile;
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * Streams the audio of a request to the spool: `multipart/form-data`, or a raw `audio/*`, `video/*` or
 * `application/octet-stream` body with its options in the query. When it throws, nothing is left in the spool.
 */
export async function receiveUpload(
  body: IncomingBody,
  spool: Spool,
  limits: BodyLimits,
): Promise<Upload> {
  const type = body.contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const isMultipart = type === 'multipart/form-data';
  if (!isMultipart && !isAudioType(type)) throw unsupportedType(body.contentType);
  checkContentLength(body.contentLength, limits.maxBytes);
  if (body.stream === null) throw isMultipart ? noBody() : emptyBody();

  let creation: Promise<SpoolFile> | undefined;
  const createFile = () => (creation ??= spool.create());
  const chunks = readBody(body.stream, limits);
  try {
    const fields = isMultipart
      ? await readMultipart(chunks, {
          contentType: body.contentType ?? '',
          maxBytes: limits.maxBytes,
          createFile,
        })
      : await readRaw(chunks, await createFile(), limits.maxBytes, body.query);
    return { file: await createFile(), fields };
  } catch (error) {
    // The creation may still be under way: the file must go all the same.
    await creation?.then(
      (file) => file.remove(),
      () => undefined,
    );
    throw error;
  } finally {
    await chunks.return();
  }
}

async function readRaw(
  chunks: AsyncIterable<Uint8Array>,
  file: SpoolFile,
  maxBytes: number,
  query: URLSearchParams,
): Promise<ReadonlyMap<string, string>> {
  for await (const chunk of chunks) {
    if (file.bytes + chunk.byteLength > maxBytes) {
      throw tooLarge(file.bytes + chunk.byteLength, maxBytes);
    }
    await file.write(chunk);
    // Each chunk has a buffer of its own. The collector comes late to such memory: given back now, an upload costs none.
    if (chunk.byteLength === chunk.buffer.byteLength) (chunk.buffer as ArrayBuffer).transfer(0);
  }
  await file.finish();
  return new Map(query);
}

function isAudioType(type: string): boolean {
  return (
    type.startsWith('audio/') || type.startsWith('video/') || type === 'application/octet-stream'
  );
}

function unsupportedType(contentType: string | null): AppError {
  return new AppError(
    'unsupported_media',
    `Content-Type is ${contentType === null ? 'missing' : `"${contentType.slice(0, 80)}"`}. ` +
      `Send multipart/form-data with a file part "${FIELDS.audio}", or the recording itself as audio/*.`,
  );
}

function noBody(): AppError {
  return new AppError(
    'missing_file',
    `The request has no body. Send a file part "${FIELDS.audio}".`,
  );
}

function emptyBody(): AppError {
  return new AppError(
    'empty_audio',
    'The body is empty: 0 bytes of audio came. Send the recording itself.',
  );
}
