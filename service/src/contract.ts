/** What the rest of the repository may know about the service: paths, ports, env names, metric names. Imports nothing. */

export const SERVICE_NAME = 'stt-service';

export const DEFAULT_PORT = 8000;

export const PATHS = {
  index: '/',
  transcriptions: '/transcriptions',
  transcriptionsSync: '/transcriptions/sync',
  transcriptionsIsolated: '/transcriptions/process-isolated',
  liveness: '/healthz',
  readiness: '/readyz',
  metrics: '/metrics',
  status: '/status',
  openapi: '/openapi.json',
  docs: '/docs',
} as const;

/** Probes of the platform: they need no key, whatever is configured. */
export const OPEN_PATHS = [PATHS.liveness, PATHS.readiness] as const;

/** Multipart fields and query parameters of a transcription request. */
export const FIELDS = {
  audio: 'audio_file',
  audioAlias: 'file',
  language: 'language',
  engine: 'engine',
} as const;

export const HEADERS = {
  requestId: 'X-Request-Id',
  engine: 'X-Stt-Engine',
  serverTiming: 'Server-Timing',
  retryAfter: 'Retry-After',
  authenticate: 'WWW-Authenticate',
  authorization: 'Authorization',
} as const;

/** Headers that hold a key and nothing else; `Authorization: Bearer` is the fourth form. */
export const KEY_HEADERS = ['api-key', 'Ocp-Apim-Subscription-Key', 'X-Api-Key'] as const;

/** Where a transcription runs; the value of `isolation` in answers and of the metric label. */
export const ISOLATIONS = ['process', 'thread', 'none'] as const;
export type Isolation = (typeof ISOLATIONS)[number];

export const ENGINE_IDS = [
  'moonshine-base',
  'moonshine-tiny',
  'azure-speech',
  'azure-fast',
] as const;
export type EngineId = (typeof ENGINE_IDS)[number];

/** Every variable the service reads; `.env.example` documents each, and a test holds the two equal. */
export const ENV = [
  'HOST',
  'PORT',
  'STT_ENGINE',
  'STT_ENGINES',
  'STT_FALLBACK_ENGINE',
  'STT_LANGUAGES',
  'STT_AZURE_SPEECH_RESOURCE_NAME',
  'STT_AZURE_SPEECH_REGION',
  'STT_AZURE_SPEECH_ENDPOINT',
  'AZURE_CLIENT_ID',
  'STT_AZURE_CONCURRENCY',
  'STT_AZURE_FAST_MAX_FILE_SIZE_MB',
  'STT_AZURE_FAST_MAX_DURATION_MINUTES',
  'STT_AZURE_FAST_REQUESTS_PER_MINUTE',
  'STT_THREADS',
  'STT_REQUEST_BUDGET',
  'ENABLE_PROCESS_ISOLATED',
  'PROCESS_POOL_SIZE',
  'PROCESS_MAX_TASKS',
  'PROCESS_MAX_RSS_MB',
  'PROCESS_MAX_AGE_SECONDS',
  'PROCESS_IDLE_RECYCLE_SECONDS',
  'PROCESS_TIMEOUT',
  'PROCESS_QUEUE_SIZE',
  'PROCESS_QUEUE_TIMEOUT',
  'STT_MAX_FILE_SIZE_MB',
  'STT_MAX_DURATION_MINUTES',
  'STT_UPLOAD_STALL_SECONDS',
  'STT_UPLOAD_MIN_BYTES_PER_SECOND',
  'STT_SPOOL_DIR',
  'STT_SPOOL_MAX_MB',
  'STT_API_KEYS_FILE',
  'STT_FAULTS',
  'STT_ALLOW_FAULTS',
  'STT_MAX_CONNECTIONS_PER_ADDRESS',
  'STT_TRUST_PROXY',
  'STT_CORS_ORIGINS',
  'METRICS_PORT',
  'LOG_LEVEL',
  'SHUTDOWN_GRACE',
] as const;
export type EnvName = (typeof ENV)[number];

export const METRICS = {
  httpRequests: 'stt_http_requests_total',
  httpRequestDuration: 'stt_http_request_duration_seconds',
  transcriptions: 'stt_transcriptions_total',
  transcriptionDuration: 'stt_transcription_duration_seconds',
  transcriptionConfidence: 'stt_transcription_confidence',
  audioDuration: 'stt_audio_duration_seconds',
  audioSeconds: 'stt_audio_seconds_total',
  realTimeFactor: 'stt_real_time_factor',
  requestRealTimeFactor: 'stt_request_real_time_factor',
  decodeDuration: 'stt_decode_duration_seconds',
  uploadBytes: 'stt_upload_bytes',
  poolWorkers: 'stt_pool_workers',
  poolSize: 'stt_pool_size',
  poolQueueDepth: 'stt_pool_queue_depth',
  poolQueueWait: 'stt_pool_queue_wait_seconds',
  poolTaskDuration: 'stt_pool_task_duration_seconds',
  poolRejected: 'stt_pool_rejected_total',
  poolTimeouts: 'stt_pool_timeouts_total',
  poolCrashes: 'stt_pool_crashes_total',
  poolRecycles: 'stt_pool_recycles_total',
  poolRetries: 'stt_pool_retries_total',
  poolBootFailures: 'stt_pool_boot_failures_total',
  poolWorkerStart: 'stt_pool_worker_start_seconds',
  poolWorkerMemory: 'stt_pool_worker_memory_bytes',
  processMemory: 'stt_process_memory_bytes',
  engineRequests: 'stt_engine_requests_total',
  engineFallbacks: 'stt_engine_fallbacks_total',
  engineCircuitOpen: 'stt_engine_circuit_open',
  tokenRefreshes: 'stt_token_refreshes_total',
  keyRequests: 'stt_key_requests_total',
  keyFileReloads: 'stt_key_file_reloads_total',
  keys: 'stt_keys',
  cancelled: 'stt_cancelled_total',
} as const;

/** Type and labels of each metric; a histogram also has `le` on its `_bucket`. A test holds them equal to what is exported. */
export const METRIC_SCHEMA = {
  httpRequests: { type: 'counter', labels: ['route', 'method', 'status'] },
  httpRequestDuration: { type: 'histogram', labels: ['route', 'method'] },
  transcriptions: { type: 'counter', labels: ['engine', 'isolation', 'outcome'] },
  transcriptionDuration: { type: 'histogram', labels: ['engine', 'isolation'] },
  transcriptionConfidence: { type: 'histogram', labels: ['engine'] },
  audioDuration: { type: 'histogram', labels: ['engine'] },
  audioSeconds: { type: 'counter', labels: ['engine'] },
  realTimeFactor: { type: 'histogram', labels: ['engine'] },
  requestRealTimeFactor: { type: 'histogram', labels: ['route'] },
  decodeDuration: { type: 'histogram', labels: [] },
  uploadBytes: { type: 'histogram', labels: [] },
  poolWorkers: { type: 'gauge', labels: ['state'] },
  poolSize: { type: 'gauge', labels: [] },
  poolQueueDepth: { type: 'gauge', labels: [] },
  poolQueueWait: { type: 'histogram', labels: [] },
  poolTaskDuration: { type: 'histogram', labels: [] },
  poolRejected: { type: 'counter', labels: ['reason'] },
  poolTimeouts: { type: 'counter', labels: [] },
  poolCrashes: { type: 'counter', labels: ['signal'] },
  poolRecycles: { type: 'counter', labels: ['reason'] },
  poolRetries: { type: 'counter', labels: [] },
  poolBootFailures: { type: 'counter', labels: [] },
  poolWorkerStart: { type: 'histogram', labels: [] },
  poolWorkerMemory: { type: 'gauge', labels: ['slot'] },
  processMemory: { type: 'gauge', labels: ['process'] },
  engineRequests: { type: 'counter', labels: ['engine', 'outcome'] },
  engineFallbacks: { type: 'counter', labels: ['from', 'to'] },
  engineCircuitOpen: { type: 'gauge', labels: ['engine'] },
  tokenRefreshes: { type: 'counter', labels: ['outcome'] },
  keyRequests: { type: 'counter', labels: ['key', 'outcome'] },
  keyFileReloads: { type: 'counter', labels: ['outcome'] },
  keys: { type: 'gauge', labels: [] },
  cancelled: { type: 'counter', labels: [] },
} as const satisfies Record<
  keyof typeof METRICS,
  { readonly type: 'counter' | 'gauge' | 'histogram'; readonly labels: readonly string[] }
>;

/** Outcomes of `engineRequests` where a remote engine failed for no fault of the recording's; the others are error codes. */
export const ENGINE_FAILURES = [
  'authentication',
  'forbidden',
  'throttled',
  'service',
  'network',
  'timeout',
] as const;

/** Upper bounds of the real-time factors' buckets: a latency objective must be one of them. */
export const REAL_TIME_FACTOR_BUCKETS = [
  0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 5, 10,
] as const;
