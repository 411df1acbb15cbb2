/** Downloads from one mirror into the part file, from where that ends. */
import type { PartFile } from './part-file.ts';

/** This mirror gave no archive; another may. The message says why and fits behind a colon. */
export class MirrorFailure extends Error {
  override readonly name = 'MirrorFailure';
  /** It broke off while bytes were coming, so that the same mirror is worth another try. */
  readonly brokeOff: boolean;

  constructor(message: string, options: { readonly brokeOff?: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.brokeOff = options.brokeOff ?? false;
  }
}

export interface Download {
  readonly url: string;
  /** Of the whole archive. */
  readonly bytes: number;
  /** Without a byte for so long, it is given up. */
  readonly stallMs: number;
  /** Told how many bytes there are by now. */
  readonly at: (bytes: number) => void;
  /** Told that it begins anew though there was a part, and why. */
  readonly anew: (why: string) => void;
}

const RANGE = /^bytes (\d+)-\d+\/(\d+)$/;

/** Resolves when the part is whole. Rejects with `MirrorFailure`, or with what the file system says. */
export async function download(part: PartFile, wanted: Download): Promise<void> {
  const { url, bytes, stallMs } = wanted;
  const watch = watchStall(stallMs);
  try {
    const response = await reach(part, url, watch);
    try {
      const resumed = part.size > 0 && response.status === 206;
      const why = resumed ? rangeFault(part, response, url) : null;
      if (why !== null || (part.size > 0 && response.status === 416)) {
        await response.body?.cancel();
        wanted.anew(why ?? 'there is no such range');
        await part.restart({ url, etag: null });
        return await download(part, wanted);
      }
      check(response, bytes, resumed);
      if (!resumed) {
        if (part.size > 0) wanted.anew('it goes on from no middle, or has another file by now');
        await part.restart({ url, etag: strongTag(response) });
      }
      await receive(part, response, wanted, watch);
    } finally {
      // Nothing more is read, whatever happened.
      watch.abandon();
    }
  } finally {
    watch.rest();
  }
}

interface StallWatch {
  readonly signal: AbortSignal;
  /** From now on, something must come. */
  expect(): void;
  /** Something came. */
  rest(): void;
  abandon(): void;
  /** For how long nothing came, once it is given up. */
  readonly stalledMs: number | null;
}

function watchStall(stallMs: number): StallWatch {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hasStalled = false;
  const rest = () => clearTimeout(timer);
  return {
    signal: controller.signal,
    expect() {
      rest();
      timer = setTimeout(() => {
        hasStalled = true;
        controller.abort();
      }, stallMs);
    },
    rest,
    abandon: () => controller.abort(),
    get stalledMs() {
      return hasStalled ? stallMs : null;
    },
  };
}

async function reach(part: PartFile, url: string, watch: StallWatch): Promise<Response> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (part.size > 0) {
    headers['range'] = `bytes=${part.size}-`;
    // A tag means something to the server alone that gave it.
    if (part.origin?.url === url && part.origin.etag !== null) {
      headers['if-range'] = part.origin.etag;
    }
  }
  watch.expect();
  try {
    // The archive is gzip itself, whatever a server calls its encoding.
    return await fetch(url, { headers, signal: watch.signal, decompress: false });
  } catch (error) {
    throw broken(error, watch, false);
  }
}

/** Why a part of the answer cannot be put behind what is there, or null. */
function rangeFault(part: PartFile, response: Response, url: string): string | null {
  const [, start, total] = RANGE.exec(response.headers.get('content-range') ?? '') ?? [];
  if (start === undefined) return 'it says not which range it sends';
  if (Number(start) !== part.size) return `it sends from byte ${start} instead of ${part.size}`;
  const tag = strongTag(response);
  const known = part.origin?.url === url ? part.origin.etag : null;
  if (tag !== null && known !== null && tag !== known) return 'it has another file by now';
  return total === undefined ? 'it says not how long the archive is' : null;
}

function check(response: Response, bytes: number, resumed: boolean): void {
  const { status, headers } = response;
  if (status !== 200 && !resumed) throw new MirrorFailure(`it answers ${status}`, {});
  const type = headers.get('content-type') ?? '';
  if (type.startsWith('text/html')) {
    throw new MirrorFailure('it answers with a web page instead of the archive', {});
  }
  const [, , total] = RANGE.exec(headers.get('content-range') ?? '') ?? [];
  const length = resumed ? total : headers.get('content-length');
  if (length !== null && length !== undefined && Number(length) !== bytes) {
    throw new MirrorFailure(`its archive has ${length} bytes instead of ${bytes}`, {});
  }
}

async function receive(
  part: PartFile,
  response: Response,
  { url, bytes, at }: Download,
  watch: StallWatch,
): Promise<void> {
  const reader: ByteReader | undefined = response.body?.getReader();
  for (;;) {
    watch.expect();
    const chunk = await nextChunk(reader, watch);
    watch.rest();
    if (chunk === null) break;
    if (part.size + chunk.length > bytes) {
      await part.restart({ url, etag: null });
      throw new MirrorFailure(`it sends more than ${bytes} bytes`, {});
    }
    await part.append(chunk);
    at(part.size);
  }
  if (part.size < bytes) {
    throw new MirrorFailure(`it ended after ${part.size} of ${bytes} bytes`, { brokeOff: true });
  }
}

interface ByteReader {
  read(): Promise<{ readonly value?: Uint8Array | undefined }>;
}

async function nextChunk(
  reader: ByteReader | undefined,
  watch: StallWatch,
): Promise<Uint8Array | null> {
  try {
    const next = await reader?.read();
    return next?.value ?? null;
  } catch (error) {
    throw broken(error, watch, true);
  }
}

function broken(error: unknown, watch: StallWatch, brokeOff: boolean): MirrorFailure {
  if (watch.stalledMs !== null) {
    return new MirrorFailure(`nothing came for ${watch.stalledMs / 1000} s`, { brokeOff });
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  // Bun's own advice is for programmers.
  const reason = (code === '' ? message : code).split('. ')[0] ?? message;
  return new MirrorFailure(
    brokeOff ? `the connection broke off (${reason})` : `it cannot be reached (${reason})`,
    { brokeOff, cause: error },
  );
}

/** A weak tag promises the meaning alone, not the bytes. */
function strongTag(response: Response): string | null {
  const tag = response.headers.get('etag');
  return tag === null || tag.startsWith('W/') ? null : tag;
}
