/** The image's health check: ends with 0 when the service of this container answers, with 1 when it does not. */
import { DEFAULT_PORT, PATHS } from '../../service/src/contract.ts';

const PATIENCE_MS = 4_000;

const port = process.env['PORT']?.trim() || DEFAULT_PORT;
const host = process.env['HOST']?.trim() || '127.0.0.1';
// "Every address" is nothing to connect to.
const target = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;

try {
  const answer = await fetch(`http://${target}:${port}${PATHS.liveness}`, {
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!answer.ok) throw new Error(`${PATHS.liveness} answered ${answer.status}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
