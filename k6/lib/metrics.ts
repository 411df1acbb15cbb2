/** The measurements of a load test as k6 has them; k6 wants them made before the first request. */
import { Counter, Rate, Trend } from 'k6/metrics';
import { LOAD_METRICS } from './metric-names.ts';

const AS_TIME = true;

export const answerDuration = new Trend(LOAD_METRICS.answerDuration, AS_TIME);
export const rejectionDuration = new Trend(LOAD_METRICS.rejectionDuration, AS_TIME);
export const queueDuration = new Trend(LOAD_METRICS.queueDuration, AS_TIME);
export const transcribeDuration = new Trend(LOAD_METRICS.transcribeDuration, AS_TIME);
export const realTimeFactor = new Trend(LOAD_METRICS.realTimeFactor);
export const answered = new Counter(LOAD_METRICS.answered);
export const rejected = new Counter(LOAD_METRICS.rejected);
export const failed = new Counter(LOAD_METRICS.failed);
export const rejectedShare = new Rate(LOAD_METRICS.rejectedShare);
export const failedShare = new Rate(LOAD_METRICS.failedShare);
export const audioSeconds = new Counter(LOAD_METRICS.audioSeconds);
export const referenceWords = new Counter(LOAD_METRICS.referenceWords);
export const wordErrors = new Counter(LOAD_METRICS.wordErrors);
export const workerRecycles = new Counter(LOAD_METRICS.workerRecycles);
