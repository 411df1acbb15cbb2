/** Whether a service that a load test is for is there and ready. */
import { PATHS } from '../../service/src/contract.ts';
import { textAt } from '../verbs/json.ts';
import { Refusal } from '../verbs/refusal.ts';

const ANSWER_MS = 10_000;

/** Throws `Refusal` with what to do. */
export async function requireReady(baseUrl: string): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(baseUrl + PATHS.readiness, { signal: AbortSignal.timeout(ANSWER_MS) });
  } catch (error) {
    throw new Refusal(
      `Nothing answers on ${baseUrl} (${error instanceof Error ? error.message : String(error)}). Run make start in another terminal, or name another service: make load-test BASE_URL=…`,
      { cause: error },
    );
  }
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok && textAt(body, 'status') === 'ready') return;
  if (answer.ok || answer.status === 404) {
    throw new Refusal(`${baseUrl} answers, but is no service of ours. BASE_URL names it.`);
  }
  throw new Refusal(
    `${baseUrl} is not ready (${answer.status}: ${textAt(body, 'detail') ?? 'no detail'}). Type the same again when it is.`,
  );
}
