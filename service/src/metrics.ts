/** Every metric of the service, with names from the contract and bounded labels. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, REAL_TIME_FACTOR_BUCKETS } from './contract.ts';
import { collectProcessMetrics } from './process-metrics.ts';

const LATENCY_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const AUDIO_SECONDS = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200];
const CONFIDENCE = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1];
const UPLOAD_BYTES = [1e4, 1e5, 5e5, 1e6, 5e6, 1e7, 2.5e7, 5e7, 1e8, 2.5e8];

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const histogram = <L extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly L[] = [],
  ) => new Histogram<L>({ name, help, labelNames, buckets, registers });

  collectProcessMetrics(registry);
  return {
    registry,
    httpRequests: counter(METRICS.httpRequests, 'HTTP requests answered.', [
      'route',
      'method',
      'status',
    ]),
    httpRequestDuration: histogram(
      METRICS.httpRequestDuration,
      'Seconds from the first byte of a request to its answer.',
      LATENCY_SECONDS,
      ['route', 'method'],
    ),
    transcriptions: counter(METRICS.transcriptions, 'Transcriptions by outcome.', [
      'engine',
      'isolation',
      'outcome',
    ]),
    transcriptionDuration: histogram(
      METRICS.transcriptionDuration,
      'Seconds of decoding and engine work of one transcription.',
      LATENCY_SECONDS,
      ['engine', 'isolation'],
    ),
    transcriptionConfidence: histogram(
      METRICS.transcriptionConfidence,
      "The engine's own confidence in one transcription.",
      CONFIDENCE,
      ['engine'],
    ),
    audioDuration: histogram(
      METRICS.audioDuration,
      'Length of recordings in seconds.',
      AUDIO_SECONDS,
      ['engine'],
    ),
    audioSeconds: counter(METRICS.audioSeconds, 'Seconds of audio transcribed.', ['engine']),
    realTimeFactor: histogram(
      METRICS.realTimeFactor,
      'Engine seconds per second of audio.',
      [...REAL_TIME_FACTOR_BUCKETS],
      ['engine'],
    ),
    requestRealTimeFactor: histogram(
      METRICS.requestRealTimeFactor,
      'Queue, decode and engine seconds per second of audio.',
      [...REAL_TIME_FACTOR_BUCKETS],
      ['route'],
    ),
    decodeDuration: histogram(
      METRICS.decodeDuration,
      'Seconds spent decoding one recording.',
      LATENCY_SECONDS,
    ),
    uploadBytes: histogram(
      METRICS.uploadBytes,
      'Size of uploaded recordings in bytes.',
      UPLOAD_BYTES,
    ),
    poolWorkers: gauge(METRICS.poolWorkers, 'Worker processes by state.', ['state']),
    poolSize: gauge(METRICS.poolSize, 'Worker processes the pools aim for.'),
    poolQueueDepth: gauge(METRICS.poolQueueDepth, 'Tasks waiting for a worker process.'),
    poolQueueWait: histogram(
      METRICS.poolQueueWait,
      'Seconds a task waited for a worker process.',
      LATENCY_SECONDS,
    ),
    poolTaskDuration: histogram(
      METRICS.poolTaskDuration,
      'Seconds a worker process spent on one task.',
      LATENCY_SECONDS,
    ),
    poolRejected: counter(METRICS.poolRejected, 'Tasks refused before they ran.', ['reason']),
    poolTimeouts: counter(METRICS.poolTimeouts, 'Tasks killed at their deadline.'),
    poolCrashes: counter(METRICS.poolCrashes, 'Worker processes that died with a task.', [
      'signal',
    ]),
    poolRecycles: counter(METRICS.poolRecycles, 'Worker processes replaced as planned.', [
      'reason',
    ]),
    poolRetries: counter(METRICS.poolRetries, 'Tasks run again after a crash.'),
    poolBootFailures: counter(
      METRICS.poolBootFailures,
      'Worker processes that died before they were ready.',
    ),
    poolWorkerStart: histogram(
      METRICS.poolWorkerStart,
      'Seconds from spawn to ready of a worker process.',
      LATENCY_SECONDS,
    ),
    poolWorkerMemory: gauge(
      METRICS.poolWorkerMemory,
      'Memory of a worker process in bytes, by slot.',
      ['slot'],
    ),
    processMemory: gauge(
      METRICS.processMemory,
      'Resident bytes of the server and of all its workers.',
      ['process'],
    ),
    engineRequests: counter(METRICS.engineRequests, 'Requests to an engine by outcome.', [
      'engine',
      'outcome',
    ]),
    engineFallbacks: counter(METRICS.engineFallbacks, 'Requests that another engine answered.', [
      'from',
      'to',
    ]),
    engineCircuitOpen: gauge(METRICS.engineCircuitOpen, '1 while an engine is not asked.', [
      'engine',
    ]),
    tokenRefreshes: counter(METRICS.tokenRefreshes, 'Token requests to the identity provider.', [
      'outcome',
    ]),
    keyRequests: counter(METRICS.keyRequests, 'Requests that need a key, by its name.', [
      'key',
      'outcome',
    ]),
    keyFileReloads: counter(METRICS.keyFileReloads, 'Times the changed key file was read again.', [
      'outcome',
    ]),
    keys: gauge(METRICS.keys, 'Keys that the service knows.'),
    cancelled: counter(METRICS.cancelled, 'Requests whose client left before the answer.'),
  };
}
