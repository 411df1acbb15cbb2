/** One turn: audio comes, phrases go, until the audio ends or a fault ends it first. */
import type { Context } from '../context.ts';
import { identifyLocale } from '../options.ts';
import { DEFAULT_SLOW_MS } from '../rules.ts';
import type { FaultRule } from '../rules.ts';
import type { ScriptPhrase } from '../script.ts';
import { endOfDictation, hypothesis, recognized, silence, ticks } from './answers.ts';
import { Listener } from './listener.ts';
import type { Wishes } from './wishes.ts';

/** After so much audio, or at its end if that is earlier, faults strike. */
const FAULT_AFTER_SECONDS = 0.5;
/** Longest turn; a client that never ends its audio must not fill the memory of an engine. */
const MAX_TURN_SECONDS = 2 * 3600;

/** What a turn may do to its connection. */
export interface Line {
  say(path: string, body: unknown): void;
  sayNonsense(): void;
  close(code: number, reason: string): void;
  /** Without a close frame. */
  drop(): void;
  revokeToken(): void;
}

export class Turn {
  readonly #line: Line;
  readonly #context: Context;
  readonly #wishes: Wishes;
  readonly #fault: FaultRule | null;
  readonly #listener: Listener;
  readonly #locale: string;
  readonly #startedAt = performance.now();
  #state: 'listening' | 'answering' | 'over' = 'listening';
  #spoken = 0;
  #speechStarted = false;

  constructor(line: Line, context: Context, wishes: Wishes, fault: FaultRule | null) {
    this.#line = line;
    this.#context = context;
    this.#wishes = wishes;
    this.#fault = fault;
    this.#listener = new Listener(context.voice.needsSamples);
    const { settings } = context;
    this.#locale =
      wishes.language ?? identifyLocale(wishes.candidates, settings.spokenLocale) ?? '';
    if (fault?.fault === 'throttled-1007') {
      this.#close(1007, 'Quota exceeded. The number of parallel requests exceeded the limit');
    } else if (fault?.fault !== 'stall') {
      line.say('turn.start', { context: { serviceTag: crypto.randomUUID().replaceAll('-', '') } });
    }
  }

  /** One frame's payload; an empty one is the end of the audio. */
  hear(payload: Uint8Array): void {
    if (this.#state !== 'listening') return;
    const objection = this.#listener.hear(payload);
    if (objection !== null) return this.#close(1007, objection, 'invalid');
    const { seconds } = this.#listener;
    if (seconds > MAX_TURN_SECONDS) return this.#close(1007, 'The audio is too long', 'invalid');
    const ended = payload.length === 0;
    if ((ended || seconds >= FAULT_AFTER_SECONDS) && this.#strike()) return;
    if (!this.#listener.silent) this.#saySoFar();
    if (ended) void this.#answer();
  }

  /** The connection is gone. */
  abandon(): void {
    this.#end('abandoned');
  }

  /** Whether the turn is over, or without an answer, because of its fault. */
  #strike(): boolean {
    const line = this.#line;
    switch (this.#fault?.fault) {
      case 'stall':
        return true;
      case 'hang-up':
        this.#end('hang-up');
        line.drop();
        return true;
      case 'garbage':
        this.#end('garbage');
        line.sayNonsense();
        return true;
      case 'expired-token':
        line.revokeToken();
        this.#close(1008, 'The authorization token has expired');
        return true;
      default:
        return false;
    }
  }

  #saySoFar(): void {
    this.#sayStart();
    const { soFar } = this.#context.voice;
    for (const phrase of soFar(this.#listener.seconds, this.#spoken, this.#locale)) {
      this.#sayPhrase(phrase);
      if (this.#wishes.onePhrase) return void this.#answer();
    }
  }

  async #answer(): Promise<void> {
    if (this.#state !== 'listening') return;
    this.#state = 'answering';
    const { settings, tally, voice } = this.#context;
    const { seconds, samples, silent } = this.#listener;
    const receivedAt = performance.now();
    const phrases = silent ? [] : await voice.phrases({ seconds, samples, locale: this.#locale });
    const delayMs =
      this.#fault?.fault === 'slow' ? (this.#fault.delayMs ?? DEFAULT_SLOW_MS) : settings.delayMs;
    if (delayMs > 0) await Bun.sleep(delayMs);
    if (this.#isOver()) return;
    this.#sayRest(phrases, seconds);
    tally.addTimes(receivedAt - this.#startedAt, performance.now() - receivedAt);
    tally.turnsAnswered += 1;
    this.#end(phrases.length === 0 ? 'silence' : 'ok');
  }

  #sayRest(phrases: readonly ScriptPhrase[], seconds: number): void {
    const { onePhrase } = this.#wishes;
    const wanted = onePhrase ? phrases.slice(0, 1) : phrases;
    for (const phrase of wanted.slice(this.#spoken)) this.#sayPhrase(phrase);
    if (this.#spoken === 0) this.#line.say('speech.phrase', silence(seconds));
    this.#line.say('speech.endDetected', { Offset: ticks(seconds) });
    if (!onePhrase) this.#line.say('speech.phrase', endOfDictation(seconds));
    this.#line.say('turn.end', {});
  }

  #sayPhrase(phrase: ScriptPhrase): void {
    const { candidates } = this.#wishes;
    const identified = candidates.length === 0 ? null : this.#locale;
    this.#spoken += 1;
    this.#line.say('speech.hypothesis', hypothesis(phrase, identified));
    this.#line.say('speech.phrase', recognized(phrase, this.#wishes, identified));
  }

  #sayStart(): void {
    if (this.#speechStarted || this.#fault?.fault === 'stall') return;
    this.#speechStarted = true;
    this.#line.say('speech.startDetected', { Offset: 0 });
  }

  #close(code: number, reason: string, outcome?: string): void {
    this.#end(outcome ?? 'closed');
    this.#line.close(code, reason);
  }

  /** A fault that was asked for is the outcome, whatever came of it. */
  #end(outcome: string): void {
    if (this.#isOver()) return;
    this.#state = 'over';
    this.#context.tally.add('speech', this.#fault?.fault ?? outcome);
  }

  /** A method, since the compiler believes that a field keeps its value across an `await`. */
  #isOver(): boolean {
    return this.#state === 'over';
  }
}
