/** Reads variables one by one and keeps every fault: name, value and what is allowed. */
import { durationSeconds } from './durations.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

const MAX_DURATION_SECONDS = 7 * 24 * 3600;
const MAX_ADDRESSES = 100;
const ADDRESS = /^https?:\/\/[^\s/@]+(?:\/[^\s@]*)?$/;

/** A variable that is empty counts as not set; one that is wrong is read as its default. */
export class VariableReader<Name extends string> {
  readonly faults: string[] = [];
  readonly #variables: Variables;
  readonly #secrets: readonly Name[];

  /** `secrets` are never repeated in a fault. */
  constructor(variables: Variables, secrets: readonly Name[]) {
    this.#variables = variables;
    this.#secrets = secrets;
  }

  text(name: Name, otherwise = ''): string {
    return this.#variables[name]?.trim() || otherwise;
  }

  /** As `text`, of a certain form. */
  formed(name: Name, form: RegExp, allowed: string, otherwise = ''): string {
    const value = this.text(name, otherwise);
    if (!form.test(value)) this.wrong(name, allowed);
    return value;
  }

  one<Value extends string>(name: Name, values: readonly Value[], otherwise: Value): Value {
    const found = values.find((value) => value === this.text(name, otherwise));
    if (found === undefined) this.wrong(name, `one of ${values.join(', ')}`);
    return found ?? otherwise;
  }

  number(name: Name, otherwise: number, { min, max, whole = false }: Range): number {
    const given = this.text(name);
    if (given === '') return otherwise;
    const value = /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
    if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    this.wrong(name, `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
    return otherwise;
  }

  /** As k6 writes durations. */
  duration(name: Name, otherwise: string): string {
    const given = this.text(name, otherwise);
    const seconds = durationSeconds(given);
    if (seconds !== null && seconds <= MAX_DURATION_SECONDS) return given === '0' ? '0s' : given;
    this.wrong(name, 'a duration such as 90s, 10m or 1h30m, 7 days at most');
    return otherwise;
  }

  /** Separated by commas; none has a slash at its end. */
  addresses(name: Name, otherwise = ''): readonly string[] {
    const all = this.text(name, otherwise)
      .split(',')
      .map((each) => each.trim().replace(/\/+$/, ''));
    if (!all.every((each) => ADDRESS.test(each)) || all.length > MAX_ADDRESSES) {
      this.wrong(
        name,
        `addresses such as http://127.0.0.1:8000, without a user, separated by commas, ${MAX_ADDRESSES} at most`,
      );
    }
    return all;
  }

  wrong(name: Name, allowed: string): void {
    const value = this.#secrets.includes(name) ? '…' : this.text(name).replace(USER, '//…@');
    this.faults.push(`${name}=${value}: ${allowed}`);
  }
}

/** In an address: it may have a password. */
const USER = /\/\/[^/]*@/g;
