/** The frames of the speech protocol: header lines and a body, in a text frame or behind a length in a binary one. */

const LINE_END = '\r\n';
const HEADER_LENGTH_BYTES = 2;

export interface Frame {
  /** Lower case. */
  readonly path: string;
  readonly requestId: string;
  readonly text: string;
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** Null when the frame is none of this protocol. */
export function parseFrame(message: string | Uint8Array): Frame | null {
  return typeof message === 'string' ? parseText(message) : parseBinary(message);
}

function parseText(message: string): Frame | null {
  const end = message.indexOf(LINE_END + LINE_END);
  if (end === -1) return null;
  return frame(message.slice(0, end), message.slice(end + 2 * LINE_END.length), NO_BYTES);
}

function parseBinary(message: Uint8Array): Frame | null {
  if (message.length < HEADER_LENGTH_BYTES) return null;
  const [high = 0, low = 0] = message;
  const end = HEADER_LENGTH_BYTES + high * 256 + low;
  if (message.length < end) return null;
  const head = new TextDecoder().decode(message.subarray(HEADER_LENGTH_BYTES, end));
  return frame(head, '', message.subarray(end));
}

function frame(head: string, text: string, bytes: Uint8Array): Frame | null {
  const headers = new Map(
    head.split(LINE_END).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const path = headers.get('path');
  const requestId = headers.get('x-requestid');
  if (path === undefined || requestId === undefined) return null;
  return { path: path.toLowerCase(), requestId, text, bytes };
}

export function textFrame(path: string, requestId: string, body: unknown): string {
  return [
    `X-RequestId:${requestId}`,
    'Content-Type:application/json; charset=utf-8',
    `Path:${path}`,
    '',
    JSON.stringify(body),
  ].join(LINE_END);
}
