/** Containers read by mediabunny (MPL-2.0): mp4 and its kin, ogg, webm and Matroska. */

import type { EncodedPacket, Input, InputAudioTrack } from 'mediabunny';
import { AppError } from '../../errors.ts';
import type { AudioStream } from '../audio-stream.ts';
import type { ByteFile } from '../byte-file.ts';
import { decodePackets } from '../decoders/decode-packets.ts';
import { opusPreSkip } from '../decoders/opus.ts';
import { checkShape, emptyAudio, undecodable, unsupportedCodec } from '../limits.ts';
import { guardProgress } from './guard-progress.ts';
import { checkMp4 } from './mp4-check.ts';
import { codecTitle, decoderFactory, pcmFormat } from './track-decoder.ts';
import { trimBlocks } from './trim.ts';
import { isMissing, readPadded, tailBytes } from './virtual-tail.ts';

export type DemuxedContainer = 'mp4' | 'ogg' | 'webm';

/** Pages and boxes are read ahead up to this much and no more. */
const CACHE_BYTES = 2 << 20;
const PCM_PIECE_FRAMES = 8192;

type Mediabunny = typeof import('mediabunny');

async function loadMediabunny(): Promise<Mediabunny> {
  const mediabunny = await import('mediabunny');
  // Its warnings name what is wrong with an upload; they are not ours to print.
  mediabunny.Logging.level = mediabunny.LogLevel.Silent;
  return mediabunny;
}

function formatsOf(container: DemuxedContainer, library: Mediabunny) {
  switch (container) {
    case 'mp4':
      return [library.MP4, library.QTFF];
    case 'ogg':
      return [library.OGG];
    case 'webm':
      return [library.WEBM, library.MATROSKA];
  }
}

export async function openDemuxed(
  file: ByteFile,
  container: DemuxedContainer,
): Promise<AudioStream> {
  const realBytes = container === 'mp4' ? await checkMp4(file) : file.size;
  const size = realBytes + (await tailBytes(file, container));
  const library = await loadMediabunny();
  const source = new library.CustomSource({
    getSize: () => size,
    read: (start, end) => readPadded(file, start, end),
    maxCacheSize: CACHE_BYTES,
    prefetchProfile: 'fileSystem',
    handleUnhandledError: () => undefined,
  });
  const resetGuard = guardProgress(source, file.size);
  const input = new library.Input({ formats: formatsOf(container, library), source });
  try {
    const track = await firstAudioTrack(container, input);
    return await openTrack(library, container, track, {
      resetGuard,
      dispose: () => input.dispose(),
    });
  } catch (error) {
    input.dispose();
    throw error instanceof AppError ? error : undecodable(container, error);
  }
}

async function firstAudioTrack(container: string, input: Input): Promise<InputAudioTrack> {
  const [track] = await input.getAudioTracks();
  if (track !== undefined) return track;
  if (container === 'ogg')
    throw unsupportedCodec('ogg', 'something else than Opus, Vorbis or FLAC');
  const others = await input.getTracks();
  if (others.length === 0) throw undecodable(container, new Error('no tracks'));
  throw new AppError('unsupported_media', `The ${container} file has no audio track.`);
}

async function openTrack(
  library: Mediabunny,
  container: DemuxedContainer,
  track: InputAudioTrack,
  { resetGuard, dispose }: { resetGuard: () => void; dispose: () => void },
): Promise<AudioStream> {
  const codec = await track.getCodec();
  const config = await track.getDecoderConfig();
  if (codec === null || config === null) {
    const id = await track.getInternalCodecId();
    throw unsupportedCodec(container, codecTitle(typeof id === 'string' ? id : 'unknown'));
  }
  const sampleRate = await track.getSampleRate();
  const channels = await track.getNumberOfChannels();
  checkShape(container, sampleRate, channels);
  const description = config.description === undefined ? null : toBytes(config.description);
  const createDecoder = decoderFactory(container, codec, { sampleRate, channels, description });

  const pcm = pcmFormat(codec, channels);
  const pieceBytes = pcm && PCM_PIECE_FRAMES * pcm.channels * pcm.bytesPerSample;

  const sink = new library.EncodedPacketSink(track);
  const first = await sink.getFirstPacket();
  if (first === null) throw emptyAudio(container);
  const skipSeconds =
    codec === 'opus' ? opusPreSkip(description) / 48_000 : Math.max(0, -first.timestamp);
  // Ogg time starts after the lead-in that is skipped, every other container's before it.
  const zeroSeconds = container === 'ogg' ? first.timestamp : first.timestamp + skipSeconds;

  return {
    container,
    codec,
    sampleRate,
    channels,
    durationSeconds: await track.getDurationFromMetadata(),
    blocks: () => {
      resetGuard();
      let endSeconds: number | null = null;
      async function* packets(): AsyncGenerator<Uint8Array> {
        let packet: EncodedPacket | null = await sink.getFirstPacket();
        while (packet !== null) {
          const next = await nextPacket(packet);
          if (next === null && packet.duration > 0) {
            endSeconds = packet.timestamp + packet.duration - zeroSeconds;
          }
          if (!isMissing(packet.data)) yield* split(packet.data, pieceBytes);
          packet = next;
        }
      }
      // A damaged tail ends the stream; the packet in hand is still good.
      const nextPacket = (packet: EncodedPacket) =>
        sink.getNextPacket(packet).then(
          (next) => (next !== null && next.sequenceNumber > packet.sequenceNumber ? next : null),
          () => null,
        );
      const decoded = decodePackets(container, packets(), createDecoder);
      return trimBlocks(decoded, skipSeconds, () => endSeconds);
    },
    dispose,
  };
}

/** Some writers put all samples of a recording into one packet. */
function* split(packet: Uint8Array, pieceBytes: number | null): Generator<Uint8Array> {
  if (pieceBytes === null) yield packet;
  else
    for (let at = 0; at < packet.length; at += pieceBytes)
      yield packet.subarray(at, at + pieceBytes);
}

function toBytes(source: ArrayBufferLike | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
