/** What the stand-in for Azure keeps in a directory: it outlives each process, as Azure does, and knows no Pulumi state. */
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Properties } from './values.ts';

export interface StoredResource {
  readonly id: string;
  /** Pulumi's type, such as azure-native:app:ContainerApp. */
  readonly type: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** The clock's time when it was created. */
  readonly created: number;
  /** False when its creation was accepted and then failed. */
  readonly healthy: boolean;
}

/** An answer to one or more calls that is not what the rules would give. */
export interface Fault {
  readonly call: 'create' | 'update' | 'delete';
  /** End of a type, such as cognitiveservices:Project; any where it is missing. */
  readonly type?: string;
  /** Calls that pass before it. */
  readonly after?: number;
  readonly code: string;
  /** Whether the resource is there all the same, as after a time-out. */
  readonly accepted?: boolean;
}

export interface World {
  /** Rises only when a test says so. */
  readonly clock: number;
  /** By id in lower case, since ARM's ids know no case. */
  readonly resources: Readonly<Record<string, StoredResource>>;
  /** Names of accounts that were deleted and not purged. */
  readonly softDeleted: readonly string[];
  /** Names that somebody else in the world has. */
  readonly taken: readonly string[];
  /** How long a role assignment takes until it is in force, in the clock's units. */
  readonly rolesTake: number;
  /** Each is used once, in order. */
  readonly faults: readonly Fault[];
  /** Who is signed in: the answer of getClientConfig. */
  readonly client: {
    readonly subscriptionId: string;
    readonly tenantId: string;
    readonly clientId: string;
    readonly objectId: string;
  };
}

export interface Call {
  readonly call: 'check' | 'diff' | 'create' | 'update' | 'delete' | 'read' | 'invoke';
  readonly type: string;
  /** Logical name in the program; the token for an invoke. */
  readonly name: string;
  /** Code of the refusal, where it was refused. */
  readonly code?: string;
  /** For a diff: inputs that make a new resource. */
  readonly replaces?: readonly string[];
}

export const SUBSCRIPTION_ID = '11111111-2222-3333-4444-555555555555';

const EMPTY: World = {
  clock: 0,
  resources: {},
  softDeleted: [],
  taken: [],
  rolesTake: 0,
  faults: [],
  client: {
    subscriptionId: SUBSCRIPTION_ID,
    tenantId: '22222222-3333-4444-5555-666666666666',
    clientId: '00000000-0000-0000-0000-000000000001',
    objectId: '99999999-8888-7777-6666-555555555555',
  },
};

export class Store {
  readonly #world: string;
  readonly #calls: string;

  constructor(directory: string) {
    this.#world = join(directory, 'world.json');
    this.#calls = join(directory, 'calls.jsonl');
  }

  read(): World {
    if (!existsSync(this.#world)) return EMPTY;
    return JSON.parse(readFileSync(this.#world, 'utf8')) as World;
  }

  change(changes: Partial<World>): void {
    const part = `${this.#world}.part`;
    writeFileSync(part, JSON.stringify({ ...this.read(), ...changes }));
    renameSync(part, this.#world);
  }

  note(call: Call): void {
    appendFileSync(this.#calls, `${JSON.stringify(call)}\n`);
  }

  /** All calls since the last time they were asked for. */
  takeCalls(): readonly Call[] {
    if (!existsSync(this.#calls)) return [];
    const lines = readFileSync(this.#calls, 'utf8').trimEnd().split('\n');
    writeFileSync(this.#calls, '');
    return lines.flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Call]));
  }
}
