/** Uploads the same clip over and over with a changing number in flight, and keeps the ledger of the answers. */
import type { Dice } from './random.ts';
import type { Answer, Served } from './served.ts';

export interface UploadOptions {
  readonly total: number;
  /** Least and most requests in flight. */
  readonly inFlight: readonly [number, number];
  readonly expectedText: string;
}

export class Uploads {
  readonly outcomes: Record<string, number> = {};
  readonly wrong: string[] = [];
  readonly answers: Answer[] = [];
  sent = 0;
  answered = 0;
  readonly #served: Served;
  readonly #clip: Uint8Array<ArrayBuffer>;
  readonly #dice: Dice;
  readonly #options: UploadOptions;
  readonly #finished = Promise.withResolvers<void>();
  #isStopped = false;

  constructor(served: Served, clip: Uint8Array<ArrayBuffer>, dice: Dice, options: UploadOptions) {
    this.#served = served;
    this.#clip = clip;
    this.#dice = dice;
    this.#options = options;
    this.#fill();
  }

  /** Resolves when every request that was sent is settled, one way or the other. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  get open(): number {
    return this.sent - this.answered;
  }

  /** Sends nothing more; what is open stays so. */
  stop(): void {
    this.#isStopped = true;
    this.#settleIfOver();
  }

  #fill(): void {
    const { total, inFlight } = this.#options;
    const target = this.#dice.between(...inFlight);
    while (!this.#isStopped && this.sent < total && this.open < target) void this.#sendOne();
  }

  async #sendOne(): Promise<void> {
    this.sent += 1;
    const answer = await this.#served.send(this.#clip);
    this.answered += 1;
    this.answers.push(answer);
    this.outcomes[answer.outcome] = (this.outcomes[answer.outcome] ?? 0) + 1;
    if (answer.status === 200 && answer.text !== this.#options.expectedText) {
      this.wrong.push(answer.text);
    }
    this.#fill();
    this.#settleIfOver();
  }

  #settleIfOver(): void {
    const isOver = this.#isStopped || this.sent === this.#options.total;
    if (isOver && this.open === 0) this.#finished.resolve();
  }
}

/** Sends the clip several times to a healthy service; what it hears every time is what is expected from then on. */
export async function learnText(
  served: Served,
  clip: Uint8Array<ArrayBuffer>,
  times: number,
): Promise<string> {
  const texts = new Set<string>();
  for (let time = 0; time < times; time++) {
    const { outcome, text } = await served.send(clip);
    if (outcome !== '200') throw new Error(`a healthy service answered ${outcome}`);
    texts.add(text);
  }
  const [text = ''] = texts;
  if (texts.size !== 1 || text.trim() === '') {
    throw new Error(`the clip is no test: heard ${JSON.stringify([...texts])}`);
  }
  return text;
}
