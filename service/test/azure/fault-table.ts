/** Every fault of the emulated Azure, what it is answered with where no fallback is set, and the locale that brings it. */
import type { Emulator, Fault, FaultRule } from '../../emulator/index.ts';

export interface Expected {
  readonly fault: Fault;
  /** Requests in it meet the fault, each of their tries. English, so that the fallback understands them. */
  readonly locale: string;
  readonly status: number;
  readonly code?: string;
  readonly retryAfter?: true;
  /** Whether the service tries more than once before it gives up, or waits for long. */
  readonly retried: boolean;
  /** Only one of the two services knows the fault. */
  readonly only?: 'speech';
}

export const FAULT_TABLE: readonly Expected[] = [
  { fault: 'unauthorized', retried: false, locale: 'en-AU', status: 502, code: 'engine_failed' },
  { fault: 'forbidden', retried: false, locale: 'en-CA', status: 502, code: 'engine_failed' },
  {
    fault: 'throttled',
    retried: true,
    locale: 'en-GB',
    status: 503,
    code: 'engine_unavailable',
    retryAfter: true,
  },
  {
    fault: 'throttled-1007',
    retried: true,
    locale: 'en-GH',
    status: 503,
    code: 'engine_unavailable',
    retryAfter: true,
    only: 'speech',
  },
  { fault: 'internal', retried: true, locale: 'en-HK', status: 502, code: 'engine_failed' },
  {
    fault: 'unavailable',
    retried: true,
    locale: 'en-IE',
    status: 503,
    code: 'engine_unavailable',
    retryAfter: true,
  },
  { fault: 'slow', retried: true, locale: 'en-IN', status: 200 },
  { fault: 'stall', retried: true, locale: 'en-KE', status: 504, code: 'transcription_timeout' },
  {
    fault: 'hang-up',
    retried: true,
    locale: 'en-NG',
    status: 503,
    code: 'engine_unavailable',
    retryAfter: true,
  },
  { fault: 'garbage', retried: true, locale: 'en-NZ', status: 502, code: 'engine_failed' },
];

/** Makes the emulator keep the table from now on. */
export function layFaults(emulator: Emulator): void {
  for (const { fault, locale } of FAULT_TABLE) {
    for (const on of ['speech', 'fast'] as const) {
      const rule: FaultRule = { fault, language: locale, on, delayMs: 300, retryAfterSeconds: 1 };
      if (on === 'speech' || fault !== 'throttled-1007') {
        emulator.addRule(fault === 'slow' || fault === 'throttled' ? rule : plain(rule));
      }
    }
  }
}

function plain({ fault, language, on }: FaultRule): FaultRule {
  return { fault, ...(language !== undefined && { language }), ...(on !== undefined && { on }) };
}
