/** The metrics agent as Azure runs it: a real Prometheus agent, a real service, identity and storage on loopback. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEmulator } from '../service/emulator/index.ts';
import type { Emulator } from '../service/emulator/index.ts';
import { METRICS, SERVICE_NAME } from '../service/src/contract.ts';
import { agentConfig } from '../stacks/azure/agent-config.ts';
import { METRICS_PORT } from '../stacks/lib/container.ts';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import { startPrometheus } from './prometheus.ts';
import type { Prometheus } from './prometheus.ts';
import { waitFor } from './waiting.ts';

const CLIENT_ID = '33333333-4444-5555-6666-777777777777';
const REPLICA = 'stt--abc1234-5d6f7';
const PROMETHEUS = process.env['PROMETHEUS'] ?? '';

let directory: string;
let emulator: Emulator;
let storage: Prometheus;
let service: Child;
let agent: Child;
let ingestion: ReturnType<typeof Bun.serve>;
/** What each write said who it was. */
const writers: (string | null)[] = [];

/** Stands for the collection endpoint: asks for a token that the identity has given, and hands on what was written. */
function serveIngestion() {
  return Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const authorization = request.headers.get('authorization');
      writers.push(authorization);
      if (!emulator.tokens.some((token) => authorization === `Bearer ${token}`)) {
        return new Response('no token', { status: 401 });
      }
      return fetch(`${storage.url}/api/v1/write`, {
        method: 'POST',
        headers: request.headers,
        body: await request.arrayBuffer(),
      });
    },
  });
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'stt-agent-'));
  emulator = createEmulator({ clientId: CLIENT_ID });
  storage = await startPrometheus(PROMETHEUS, [], [], ['--web.enable-remote-write-receiver']);
  ingestion = serveIngestion();
  service = await startChild({
    command: [
      process.execPath,
      '--no-env-file',
      join(import.meta.dirname, '../service/src/main.ts'),
    ],
    cwd: directory,
    env: {
      PORT: '0',
      METRICS_PORT: '0',
      STT_ENGINE: 'moonshine-tiny',
      PROCESS_POOL_SIZE: '1',
      STT_SPOOL_DIR: join(directory, 'spool'),
    },
    ready: /"metrics_url":"http:\/\/127\.0\.0\.1:(\d+)"/,
  });
  const text = agentConfig({
    remoteWriteUrl: `${ingestion.url.origin}/dataCollectionRules/dcr-1/streams/s/api/v1/write?api-version=2023-04-24`,
    identityClientId: CLIENT_ID,
    location: 'swedencentral',
  });
  const file = join(directory, 'agent.yml');
  // Two things are other than on Azure: the port is a free one, and nobody waits half a minute for a scrape.
  const local = text
    .replace(`127.0.0.1:${METRICS_PORT}`, `127.0.0.1:${service.found}`)
    .replace('scrape_interval: 30s', 'scrape_interval: 1s');
  expect(local).not.toContain(String(METRICS_PORT));
  writeFileSync(file, local);
  agent = await startChild({
    command: [
      PROMETHEUS,
      '--agent',
      `--config.file=${file}`,
      `--storage.agent.path=${join(directory, 'agent')}`,
      '--web.listen-address=127.0.0.1:0',
      '--log.format=json',
    ],
    cwd: directory,
    env: {
      CONTAINER_APP_REPLICA_NAME: REPLICA,
      IDENTITY_ENDPOINT: emulator.env['IDENTITY_ENDPOINT'] ?? '',
      IDENTITY_HEADER: emulator.env['IDENTITY_HEADER'] ?? '',
    },
    ready: /"msg":"Listening on","component":"web","address":"([^"]+)"/,
  });
});

afterAll(async () => {
  await agent?.stop();
  await service?.stop();
  await ingestion?.stop(true);
  await storage?.stop();
  await emulator?.stop();
  rmSync(directory, { recursive: true, force: true });
});

it("brings the service's series to the storage under the name of the replica", async () => {
  const selector = `{job="${SERVICE_NAME}",instance="${REPLICA}"}`;
  const up = await waitFor('the first series', async () => {
    const series = await storage.instant(`up${selector}`);
    return series[0]?.values[0]?.[1] === '1' ? series : null;
  });
  expect(Object.keys(up[0]?.metric ?? {}).toSorted()).toEqual(['__name__', 'instance', 'job']);
  expect(await storage.instant(METRICS.poolSize + selector)).toHaveLength(1);
});

it('writes as the identity and asks it once for many writes', async () => {
  await waitFor('some writes', () => writers.length > 2);
  expect(new Set(writers)).toEqual(new Set(emulator.tokens.map((token) => `Bearer ${token}`)));
  expect(emulator.counts['tokensIssued']).toBe(1);
});
