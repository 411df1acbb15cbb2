/** The answer to a transcription, as callers see it. */
import type { EngineId, Isolation } from '../contract.ts';
import type { Segment, Word } from '../engines/engine.ts';
import type { JobReply } from './job.ts';

export interface Transcript {
  readonly text: string;
  readonly language: string;
  readonly duration_seconds: number;
  /** Mean of the segments' confidence weighted by their length, or null when the engine has none. */
  readonly confidence: number | null;
  readonly segments: readonly {
    readonly id: number;
    readonly start: number;
    readonly end: number;
    readonly text: string;
    readonly confidence: number | null;
    /** From engines that know them. */
    readonly words?: readonly Word[];
  }[];
  readonly engine: EngineId;
  readonly isolation: Isolation;
  readonly timings: Timings;
  readonly request_id: string;
}

/** Milliseconds. */
export interface Timings {
  readonly upload_ms: number;
  readonly queue_ms: number;
  readonly decode_ms: number;
  readonly transcribe_ms: number;
  readonly total_ms: number;
}

export function toTranscript(
  reply: JobReply,
  facts: Pick<Transcript, 'engine' | 'isolation' | 'timings' | 'request_id'>,
): Transcript {
  return {
    text: reply.segments.map(({ text }) => text).join(separatorOf(reply.language)),
    language: reply.language,
    duration_seconds: round(reply.audioSeconds, 3),
    confidence: meanConfidence(reply.segments),
    segments: reply.segments.map((segment, id) => ({
      id,
      start: round(segment.start, 3),
      end: round(segment.end, 3),
      text: segment.text,
      confidence: segment.confidence === null ? null : round(segment.confidence, 4),
      ...(segment.words !== undefined && {
        words: segment.words.map(({ word, start, end }) => ({
          word,
          start: round(start, 3),
          end: round(end, 3),
        })),
      }),
    })),
    ...facts,
  };
}

/** Scripts that put no space between sentences. */
const UNSPACED = new Set(['zh', 'wuu', 'yue', 'ja', 'th', 'lo', 'km', 'my']);

function separatorOf(language: string): string {
  return UNSPACED.has(language.split('-')[0] ?? '') ? '' : ' ';
}

function meanConfidence(segments: readonly Segment[]): number | null {
  let weighted = 0;
  let seconds = 0;
  for (const { start, end, confidence } of segments) {
    if (confidence === null) return null;
    weighted += confidence * (end - start);
    seconds += end - start;
  }
  return seconds === 0 ? null : round(weighted / seconds, 4);
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
