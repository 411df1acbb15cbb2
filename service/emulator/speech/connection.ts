/** One websocket: reads its frames and gives each turn its audio. */
import type { ServerWebSocket } from 'bun';
import type { Context } from '../context.ts';
import { REFUSING } from '../azure-error.ts';
import { FAULTS } from '../rules.ts';
import type { FaultRule } from '../rules.ts';
import { parseFrame, textFrame } from './frames.ts';
import type { Frame } from './frames.ts';
import { Turn } from './turn.ts';
import type { Line } from './turn.ts';
import { wishesOf } from './wishes.ts';

/** What a turn can still suffer once its websocket was let in. */
const TURN_FAULTS = FAULTS.filter((fault) => !REFUSING.includes(fault));

export interface Admission {
  readonly query: URLSearchParams;
  readonly token: string;
  /** Taken when the websocket was let in, for its first turn. */
  readonly rule: FaultRule | null;
}

export class Connection {
  readonly #context: Context;
  readonly #query: URLSearchParams;
  readonly #token: string;
  #rule: FaultRule | null;
  #contextJson: string | null = null;
  #requestId = '';
  #turn: Turn | null = null;

  constructor(admission: Admission, context: Context) {
    this.#context = context;
    this.#query = admission.query;
    this.#token = admission.token;
    this.#rule = admission.rule;
  }

  receive(socket: ServerWebSocket<Connection>, message: string | Uint8Array): void {
    const frame = parseFrame(message);
    if (frame === null) {
      this.#context.tally.add('speech', 'invalid');
      socket.close(1007, 'A frame has no Path or no X-RequestId');
      return;
    }
    if (frame.path === 'speech.context') this.#contextJson = frame.text;
    if (frame.path === 'audio') this.#turnOf(frame, socket).hear(frame.bytes);
  }

  closed(): void {
    this.#turn?.abandon();
  }

  /** The first audio of a new request starts its turn; what is left of an older one is dropped. */
  #turnOf({ requestId }: Frame, socket: ServerWebSocket<Connection>): Turn {
    if (this.#turn !== null && this.#requestId === requestId) return this.#turn;
    this.#turn?.abandon();
    this.#requestId = requestId;
    const wishes = wishesOf(this.#query, this.#contextJson);
    const languages = wishes.language === null ? wishes.candidates : [wishes.language];
    const rule = this.#rule ?? this.#context.rules.take('speech', languages, TURN_FAULTS);
    this.#rule = null;
    this.#turn = new Turn(this.#lineOf(socket, requestId), this.#context, wishes, rule);
    return this.#turn;
  }

  #lineOf(socket: ServerWebSocket<Connection>, requestId: string): Line {
    return {
      say: (path, body) => void socket.send(textFrame(path, requestId, body)),
      sayNonsense: () => {
        socket.send('%%% neither headers nor JSON');
        socket.send(Uint8Array.of(0xff));
      },
      close: (code, reason) => socket.close(code, reason),
      drop: () => socket.terminate(),
      revokeToken: () => this.#context.tokens.revoke(this.#token),
    };
  }
}
