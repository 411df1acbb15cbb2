/** Drives a decoder over a stream of packets and frees it in every outcome. */

import type { DecodedBlock } from '../audio-stream.ts';
import { emptyAudio, undecodable } from '../limits.ts';
import { AppError } from '../../errors.ts';
import type { PacketDecoder } from './packet-decoder.ts';

/** So many packets in a row without a sample are not audio, however long the container goes on. */
const MAX_SILENT_PACKETS = 10_000;

/**
 * A damaged or cut-off recording still has words in it: once there was audio, a failure of the container or the decoder
 * ends the stream. Before that it is an error.
 */
export async function* decodePackets(
  container: string,
  packets: AsyncIterable<Uint8Array>,
  createDecoder: () => Promise<PacketDecoder>,
): AsyncGenerator<DecodedBlock> {
  let decoder: PacketDecoder | undefined;
  let sawPacket = false;
  let sawAudio = false;
  let silentPackets = 0;
  let failure: unknown;
  try {
    decoder = await createDecoder();
    const source = packets[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await source.next();
        const block = next.done ? await decoder.flush() : await decoder.decode(next.value);
        sawPacket ||= !next.done;
        if (block !== null) {
          sawAudio = true;
          silentPackets = 0;
          yield block;
        } else if (++silentPackets > MAX_SILENT_PACKETS) {
          break;
        }
        if (next.done) break;
      }
    } finally {
      await source.return?.();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    failure = error;
  } finally {
    freeQuietly(decoder);
  }
  if (sawAudio) return;
  if (!sawPacket && failure === undefined) throw emptyAudio(container);
  throw undecodable(container, failure);
}

/** A decoder that trapped may trap once more here; it is gone either way. */
function freeQuietly(decoder: PacketDecoder | undefined): void {
  try {
    decoder?.free();
  } catch {
    return;
  }
}
