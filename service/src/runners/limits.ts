/** Limits that every place to run shares. */

/** Recordings estimated up to this length, in ms, use the short lane of a queue. */
export const SHORT_JOB_MS = 30_000;
