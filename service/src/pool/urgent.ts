/** Jobs that had left the queue and lost their worker, or never reached it; they go before the queue. */
import { Alarm } from './alarm.ts';

interface UrgentJob {
  /** When it must have ended, Infinity for a job that was never started. */
  deadlineAt(timeoutMs: number): number;
}

export class Urgent<Item extends UrgentJob> {
  readonly #timeoutMs: number;
  readonly #onLate: (job: Item) => void;
  readonly #alarm = new Alarm(() => this.#expire());
  #jobs: Item[] = [];

  /** @param onLate called with a job whose deadline passed while it waited here; it has left then. */
  constructor(timeoutMs: number, onLate: (job: Item) => void) {
    this.#timeoutMs = timeoutMs;
    this.#onLate = onLate;
  }

  get length(): number {
    return this.#jobs.length;
  }

  get first(): Item | undefined {
    return this.#jobs[0];
  }

  /** Lines up a job whose worker crashed. */
  push(job: Item): void {
    this.#jobs.push(job);
    this.#setAlarm();
  }

  /** Puts a job at the front that was taken out but could not be delivered. */
  putBack(job: Item): void {
    this.#jobs.unshift(job);
  }

  shift(): Item | undefined {
    return this.#jobs.shift();
  }

  remove(job: Item): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
  }

  takeAll(): Item[] {
    return this.#jobs.splice(0);
  }

  close(): void {
    this.#alarm.cancel();
  }

  #expire(): void {
    const now = performance.now();
    const late = this.#jobs.filter((job) => now >= job.deadlineAt(this.#timeoutMs));
    this.#jobs = this.#jobs.filter((job) => !late.includes(job));
    for (const job of late) this.#onLate(job);
    this.#setAlarm();
  }

  #setAlarm(): void {
    this.#alarm.set(
      Math.min(Infinity, ...this.#jobs.map((job) => job.deadlineAt(this.#timeoutMs))),
    );
  }
}
