/** Names of what a load test measures itself, beside what k6 measures; k6 puts `k6_` before them in Prometheus. */

export const LOAD_METRICS = {
  /** Milliseconds from the first byte sent to the last received, of answered requests alone. */
  answerDuration: 'stt_answer_duration',
  /** Milliseconds until a request was turned away. */
  rejectionDuration: 'stt_rejection_duration',
  /** Milliseconds, as the service says. */
  queueDuration: 'stt_queue_duration',
  transcribeDuration: 'stt_transcribe_duration',
  /** Queue, decode and engine seconds per second of audio. */
  realTimeFactor: 'stt_real_time_factor',
  answered: 'stt_answered',
  rejected: 'stt_rejected',
  failed: 'stt_failed',
  /** Shares of all requests, 0..1. */
  rejectedShare: 'stt_rejected_share',
  failedShare: 'stt_failed_share',
  audioSeconds: 'stt_audio_seconds',
  referenceWords: 'stt_reference_words',
  wordErrors: 'stt_word_errors',
  /** Worker processes replaced while the test ran, as the status page counts them. */
  workerRecycles: 'stt_worker_recycles',
} as const;
