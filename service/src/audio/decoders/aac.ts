/** AAC-LC frames to samples (Symphonia in WASM; `service/native/aac` says how it is built). */

import { readFile } from 'node:fs/promises';
import type { DecodedBlock } from '../audio-stream.ts';
import type { AacConfig } from './aac-config.ts';
import { audioSpecificConfig, rawFrame } from './aac-config.ts';
import type { PacketDecoder } from './packet-decoder.ts';

interface AacExports {
  readonly memory: WebAssembly.Memory;
  aac_alloc_bytes(length: number): number;
  aac_open(config: number, length: number): number;
  aac_decode(decoder: number, frame: number, length: number): number;
  aac_channel(decoder: number, channel: number): number;
}

const SAMPLES_PER_FRAME = 1024;
/** Eight channels at the highest rate the standard allows stay below this. */
const MAX_FRAME_BYTES = 8192;

let compiled: Promise<WebAssembly.Module> | undefined;

async function compile(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL('./aac.wasm', import.meta.url)));
}

export async function createAacDecoder(config: AacConfig): Promise<PacketDecoder> {
  compiled ??= compile();
  const module = await compiled;
  let session: AacSession | null = new AacSession(module, config);
  let hadAudio = false;
  return {
    decode: (packet) => {
      const channels = decodeOrRestart(rawFrame(packet));
      hadAudio ||= channels !== null;
      if (channels !== null) return { sampleRate: config.sampleRate, channels };
      // Silence in the place of a damaged frame keeps the times of what follows.
      return hadAudio ? silence(config.sampleRate) : null;
    },
    flush: () => null,
    free: () => {
      session = null;
    },
  };

  function decodeOrRestart(frame: Uint8Array): Float32Array[] | null {
    session ??= new AacSession(module, config);
    try {
      return session.decode(frame);
    } catch {
      // A panic in Symphonia arrives here as a trap. What is left of the instance is of no use.
      session = null;
      return null;
    }
  }
}

function silence(sampleRate: number): DecodedBlock {
  return { sampleRate, channels: [new Float32Array(SAMPLES_PER_FRAME)] };
}

class AacSession {
  readonly #exports: AacExports;
  readonly #decoder: number;
  readonly #input: number;

  constructor(module: WebAssembly.Module, config: AacConfig) {
    this.#exports = new WebAssembly.Instance(module).exports as unknown as AacExports;
    this.#input = this.#exports.aac_alloc_bytes(MAX_FRAME_BYTES);
    this.#decoder = this.#exports.aac_open(this.#input, this.#write(audioSpecificConfig(config)));
    if (this.#decoder === 0) throw new Error('AAC configuration refused');
  }

  /** The samples of each channel, or null when the frame is damaged. */
  decode(frame: Uint8Array): Float32Array[] | null {
    if (frame.length === 0 || frame.length > MAX_FRAME_BYTES) return null;
    const samples = this.#exports.aac_decode(this.#decoder, this.#input, this.#write(frame));
    if (samples === 0) return null;
    const channels: Float32Array[] = [];
    for (let channel = 0; ; channel++) {
      const pointer = this.#exports.aac_channel(this.#decoder, channel);
      if (pointer === 0) return channels;
      channels.push(new Float32Array(this.#exports.memory.buffer, pointer, samples).slice());
    }
  }

  #write(bytes: Uint8Array): number {
    new Uint8Array(this.#exports.memory.buffer, this.#input, bytes.length).set(bytes);
    return bytes.length;
  }
}
