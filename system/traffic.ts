/** About forty seconds of traffic in which everything that the metrics count does happen. */
import { appendFileSync } from 'node:fs';
import { FIELDS, METRICS, PATHS } from '../service/src/contract.ts';
import type { Services } from './services.ts';
import { CLIPS, overflow, send, sendRefused, upload } from './uploads.ts';

const ROUNDS = 8;
const ROUND_MS = 4_000;
/** Faults come by chance: so many uploads more until each has happened. */
const MORE_ROUNDS = 20;
const LEAVES_AFTER_MS = 60;
/** As many as open a circuit. */
const FAILURES_IN_A_ROW = 5;

const ROUTES = [PATHS.transcriptionsIsolated, PATHS.transcriptions, PATHS.transcriptionsSync];
/** How the lines begin whose values must not stay zero. */
const CHANCES = [
  METRICS.poolCrashes,
  METRICS.poolTimeouts,
  METRICS.poolRetries,
  METRICS.poolRejected,
  `${METRICS.poolRecycles}{reason="memory`,
];

/** How often each answer came, by instance and status; `null` where a client left or a connection broke. */
export type Answers = Map<string, number>;

export async function driveTraffic({ urls, emulator, keysFile }: Services): Promise<Answers> {
  const answers: Answers = new Map();
  const count = (instance: string, statuses: readonly (number | null)[]) => {
    for (const status of statuses) {
      const key = `${instance} ${status}`;
      answers.set(key, (answers.get(key) ?? 0) + 1);
    }
  };

  async function pooled(round: number): Promise<void> {
    const url = urls.pooled;
    for (const route of ROUTES) count('pooled', [await upload(url, route, clipOf(round))]);
    count('pooled', Object.values(await sendRefused(url)));
    if (round % 3 === 0) count('pooled', await overflow(url, 6));
  }

  async function sabotaged(round: number): Promise<void> {
    const url = urls.sabotaged;
    count('sabotaged', await overflow(url, round % 4 === 0 ? 12 : 4));
    count('sabotaged', [
      await upload(url, PATHS.transcriptionsIsolated, clipOf(round), {}, LEAVES_AFTER_MS),
    ]);
  }

  async function unpooled(round: number): Promise<void> {
    for (const route of ROUTES) {
      count('unpooled', [await upload(urls.unpooled, route, clipOf(round))]);
    }
    const withoutKey = { headers: {} };
    const wrongKey = { headers: { 'x-api-key': 'wrong' } };
    for (const init of [withoutKey, wrongKey]) {
      count('unpooled', [await send(urls.unpooled + PATHS.status, init)]);
    }
    // A comment more each time: the file has changed, and says the same.
    appendFileSync(keysFile, `# round ${round}\n`);
  }

  async function azure(round: number): Promise<void> {
    emulator.clearRules();
    const path = PATHS.transcriptionsIsolated;
    if (round % 4 === 1) emulator.addRule({ fault: 'throttled', on: 'speech', times: 2 });
    if (round % 4 === 1) emulator.addRule({ fault: 'internal', on: 'fast', times: 1 });
    if (round % 4 === 2) emulator.addRule({ fault: 'expired-token', on: 'speech', times: 1 });
    if (round % 4 === 2) emulator.addRule({ fault: 'unauthorized', on: 'identity', times: 1 });
    for (const engine of ['azure-speech', 'azure-fast']) {
      for (const route of ROUTES) {
        const fields = { [FIELDS.engine]: engine, [FIELDS.language]: 'en-US' };
        count('azure', [await upload(urls.azure, route, clipOf(round), fields)]);
      }
    }
    // Requests that name no engine may be answered by the fallback, and this often they open the circuit.
    const isForbidden = round % 4 === 3;
    if (isForbidden) emulator.addRule({ fault: 'forbidden', on: 'speech' });
    for (let request = 0; request < (isForbidden ? FAILURES_IN_A_ROW + 2 : 1); request += 1) {
      count('azure', [await upload(urls.azure, path, clipOf(round))]);
    }
  }

  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all([
      pooled(round),
      sabotaged(round),
      unpooled(round),
      azure(round),
      Bun.sleep(ROUND_MS),
    ]);
  }
  for (let round = 1; round <= MORE_ROUNDS; round += 1) {
    const lacking = await notYetCounted(urls.sabotaged);
    if (lacking.length === 0) break;
    if (round === MORE_ROUNDS) throw new Error(`still nothing in ${lacking.join(', ')}`);
    count('sabotaged', await overflow(urls.sabotaged, 12));
  }
  return answers;
}

function clipOf(round: number) {
  const clip = CLIPS[round % CLIPS.length];
  if (clip === undefined) throw new Error('there are no clips');
  return clip;
}

async function notYetCounted(url: string): Promise<string[]> {
  const lines = (await (await fetch(url + PATHS.metrics)).text()).split('\n');
  return CHANCES.filter(
    (start) => !lines.some((line) => line.startsWith(start) && !line.endsWith(' 0')),
  );
}
