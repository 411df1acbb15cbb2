/** Puts the parts on one loopback port. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server } from 'bun';
import { errorResponse, overloaded } from './azure-error.ts';
import type { Context } from './context.ts';
import { answerControl, CONTROL_PATH, FAULTS_PATH } from './control.ts';
import { Tally } from './counts.ts';
import type { Counts } from './counts.ts';
import { answerFast, FAST_PATH } from './fast.ts';
import { answerIdentity, IDENTITY_PATH } from './identity.ts';
import { settingsOf } from './options.ts';
import type { EmulatorOptions } from './options.ts';
import { Rules } from './rules.ts';
import type { FaultRule } from './rules.ts';
import type { Connection } from './speech/connection.ts';
import { answerSpeech, isSpeechPath } from './speech/upgrade.ts';
import { Tokens } from './tokens.ts';
import { createVoice } from './voice.ts';

/** A little over the 250 MB that Azure takes in one Fast request. */
const MAX_BODY_BYTES = 300 * 1024 * 1024;
const MAX_FRAME_BYTES = 1024 * 1024;

export interface Emulator {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Variables that make the service, and `DefaultAzureCredential`, talk to this emulator. */
  readonly env: Readonly<Record<string, string>>;
  /** Throws `InvalidRule`. */
  addRule(rule: FaultRule): void;
  clearRules(): void;
  readonly counts: Counts;
  /** The last 10,000 that were issued. */
  readonly tokens: readonly string[];
  readonly openConnections: number;
  /** The last 10,000, in milliseconds: last audio received to answer sent. A delay that was asked for is part of it. */
  readonly answerTimesMs: readonly number[];
  /** As many, in the same order: first audio received to last. */
  readonly uploadTimesMs: readonly number[];
  /** Closes every connection and frees the port. */
  stop(): Promise<void>;
}

export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const settings = settingsOf(options);
  // First, since it fails where the port is taken; its callbacks run when the rest is there.
  const server: Server<Connection> = Bun.serve<Connection>({
    hostname: '127.0.0.1',
    port: settings.port,
    // A stalled answer must stay stalled.
    idleTimeout: 0,
    maxRequestBodySize: MAX_BODY_BYTES,
    fetch: (request) => route(request, server, context, counts),
    websocket: {
      idleTimeout: 0,
      maxPayloadLength: MAX_FRAME_BYTES,
      message: (socket, message) => socket.data.receive(socket, message),
      close: (socket) => socket.data.closed(),
    },
  });
  const context: Context = {
    settings,
    rules: new Rules(),
    tokens: new Tokens(settings.tokenLifetimeSeconds),
    tally: new Tally(),
    voice: createVoice(settings.engine),
    identityHeader: randomBytes(24).toString('hex'),
    directory: mkdtempSync(join(tmpdir(), 'azure-emulator-')),
  };
  const { rules, tally, tokens } = context;
  const url = `http://127.0.0.1:${server.port}`;
  const counts = (): Counts => ({
    ...tally.outcomes(),
    tokensIssued: tokens.issued,
    connectionsOpened: tally.connectionsOpened,
    openConnections: server.pendingWebSockets,
    turnsAnswered: tally.turnsAnswered,
  });

  return {
    url,
    env: {
      STT_AZURE_SPEECH_ENDPOINT: url,
      IDENTITY_ENDPOINT: url + IDENTITY_PATH,
      IDENTITY_HEADER: context.identityHeader,
    },
    addRule: (rule) => rules.add(rule),
    clearRules: () => rules.clear(),
    get counts() {
      return counts();
    },
    get tokens() {
      return tokens.all;
    },
    get openConnections() {
      return server.pendingWebSockets;
    },
    answerTimesMs: tally.answerTimesMs,
    uploadTimesMs: tally.uploadTimesMs,
    async stop() {
      await server.stop(true);
      await context.voice.close();
      rmSync(context.directory, { recursive: true, force: true });
    },
  };
}

async function route(
  request: Request,
  server: Server<Connection>,
  context: Context,
  counts: () => Counts,
): Promise<Response | undefined> {
  const url = new URL(request.url);
  const { errorShape, maxConnections } = context.settings;
  const path = url.pathname;
  if (path === CONTROL_PATH || path === FAULTS_PATH) {
    return answerControl(request, path, context.rules, counts);
  }
  if (isSpeechPath(path)) return answerSpeech(request, url, server, context);
  if (server.pendingRequests > maxConnections) return overloaded(maxConnections, errorShape);
  if (path === IDENTITY_PATH && request.method === 'GET') {
    return answerIdentity(request, url, context);
  }
  if (path === FAST_PATH && request.method === 'POST') return answerFast(request, url, context);
  const message = `There is no ${request.method} ${path} here.`;
  return errorResponse({ status: 404, code: 'NotFound', message }, errorShape);
}
