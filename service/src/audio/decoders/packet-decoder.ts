/** What every codec looks like from outside: packets in, samples out. */

import type { DecodedBlock } from '../audio-stream.ts';

export interface PacketDecoder {
  /** Samples that are ready by now, or null. A damaged packet gives null, not an error. */
  decode(packet: Uint8Array): DecodedBlock | null | Promise<DecodedBlock | null>;
  /** What is left after the last packet. */
  flush(): DecodedBlock | null | Promise<DecodedBlock | null>;
  /** Gives the memory back. Called once, in every outcome. */
  free(): void;
}

interface WasmDecoded {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
}

export function toBlock(decoded: WasmDecoded): DecodedBlock | null {
  if (decoded.samplesDecoded <= 0 || decoded.channelData.length === 0) return null;
  return { sampleRate: decoded.sampleRate, channels: decoded.channelData };
}

/* oxlint-disable no-console -- nothing is printed here: the console is kept silent */
/**
 * Runs a synchronous call with `console.error` silenced: the WASM decoders print a line for every damaged packet,
 * and an upload must not be able to write our logs.
 */
export function quietly<Result>(call: () => Result): Result {
  const print = console.error;
  console.error = () => undefined;
  try {
    return call();
  } finally {
    console.error = print;
  }
}
