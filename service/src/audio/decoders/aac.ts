/** AAC frames to samples (Symphonia, inside node-web-audio-api). */

import { AppError } from '../../errors.ts';
import type { DecodedBlock } from '../audio-stream.ts';
import type { PacketDecoder } from './packet-decoder.ts';
import type { AacConfig } from './aac-config.ts';
import { adtsFrame } from './aac-config.ts';

type WebAudio = typeof import('node-web-audio-api');

const SAMPLES_PER_FRAME = 1024;
/** Seconds of audio decoded at a time: the library takes whole buffers only. */
const PIECE_SECONDS = 5;
/** Fewer frames are not worth another try. */
const MIN_FRAMES = 8;

async function loadWebAudio(): Promise<WebAudio> {
  try {
    return await import('node-web-audio-api');
  } catch (cause) {
    throw new AppError(
      'unsupported_media',
      'AAC (m4a, mp4, aac) cannot be decoded on this server: its decoder needs the system library libasound.so.2 (Debian package libasound2). Install it there, or send wav, flac, mp3, ogg or webm.',
      { cause },
    );
  }
}

/** One per rate for the whole process: a context is never freed entirely, and AAC knows thirteen rates. */
const contexts = new Map<number, OfflineAudioContext>();

async function contextFor(sampleRate: number): Promise<OfflineAudioContext> {
  const { OfflineAudioContext: Context } = await loadWebAudio();
  const context = contexts.get(sampleRate) ?? new Context(1, 1, sampleRate);
  contexts.set(sampleRate, context);
  return context;
}

/**
 * A frame's samples overlap with those of the frame before it. Each piece therefore starts with the last frame of the
 * piece before, whose samples are then dropped: the joints are exact.
 */
export async function createAacDecoder(config: AacConfig): Promise<PacketDecoder> {
  const context = await contextFor(config.sampleRate);
  const framesPerPiece = Math.ceil((PIECE_SECONDS * config.sampleRate) / SAMPLES_PER_FRAME);
  let frames: Uint8Array[] = [];
  let overlap: Uint8Array | undefined;

  async function decodeFrames(piece: readonly Uint8Array[]): Promise<Planar[]> {
    const last = piece.at(-1);
    if (last === undefined) return [];
    const skip = overlap === undefined ? 0 : SAMPLES_PER_FRAME;
    const bytes = concatenate(overlap === undefined ? piece : [overlap, ...piece]);
    const decoded = await context.decodeAudioData(bytes.buffer).catch(() => null);
    if (decoded !== null) {
      overlap = last;
      return decoded.length > skip ? [planar(decoded, skip)] : [];
    }
    if (piece.length <= MIN_FRAMES) return [];
    // One damaged frame fails the whole buffer: halve it until only the neighbourhood of the damage is lost.
    const middle = piece.length >> 1;
    const before = await decodeFrames(piece.slice(0, middle));
    return [...before, ...(await decodeFrames(piece.slice(middle)))];
  }

  async function decodePiece(): Promise<DecodedBlock | null> {
    const piece = frames;
    frames = [];
    return joinParts(await decodeFrames(piece), config.sampleRate);
  }

  return {
    decode: (packet) => {
      const frame = adtsFrame(packet, config);
      if (frame !== null) frames.push(frame);
      return frames.length >= framesPerPiece ? decodePiece() : null;
    },
    flush: decodePiece,
    free: () => undefined,
  };
}

type Planar = readonly Float32Array[];

function planar(decoded: AudioBuffer, skip: number): Planar {
  return Array.from({ length: decoded.numberOfChannels }, (_, channel) =>
    decoded.getChannelData(channel).subarray(skip),
  );
}

function joinParts(parts: readonly Planar[], sampleRate: number): DecodedBlock | null {
  const [first] = parts;
  if (first === undefined) return null;
  if (parts.length === 1) return { sampleRate, channels: first };
  const channels = first.map((_, channel) =>
    concatenateSamples(parts.map((part) => part[channel] ?? part[0] ?? new Float32Array(0))),
  );
  return { sampleRate, channels };
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    joined.set(piece, position);
    position += piece.length;
  }
  return joined;
}

function concatenateSamples(pieces: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    joined.set(piece, position);
    position += piece.length;
  }
  return joined;
}
