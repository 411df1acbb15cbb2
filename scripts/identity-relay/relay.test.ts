import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRelay } from './relay.ts';
import type { Relay, Token } from './relay.ts';

const AUDIENCE = 'https://cognitiveservices.azure.com';
const SECRET = 'a-secret-of-this-test';
const HOUR_MS = 3_600_000;

let relay: Relay;
let nowMs: number;
let asked: string[];
let answers: [number, string][];
let tokenFor: (audience: string) => Promise<Token>;

beforeEach(() => {
  nowMs = 1_800_000_000_000;
  asked = [];
  answers = [];
  tokenFor = async (audience) => {
    asked.push(audience);
    return { accessToken: `token-${asked.length}`, expiresAtMs: nowMs + HOUR_MS };
  };
  relay = startRelay({
    hostname: '127.0.0.1',
    port: 0,
    secret: SECRET,
    tokenFor: (audience) => tokenFor(audience),
    answered: (...answer) => void answers.push(answer),
    now: () => nowMs,
  });
});
afterEach(() => relay.stop());

interface Asking {
  readonly resource?: string;
  readonly secret?: string;
  readonly version?: string;
  readonly path?: string;
  readonly method?: string;
}

async function ask({
  resource = `${AUDIENCE}/`,
  secret = SECRET,
  version = '2019-08-01',
  path = '/msi/token',
  method = 'GET',
}: Asking = {}) {
  const query = new URLSearchParams({ resource, 'api-version': version });
  const answer = await fetch(`http://127.0.0.1:${relay.port}${path}?${query}`, {
    method,
    headers: { 'x-identity-header': secret },
  });
  return {
    status: answer.status,
    body: (await answer.json()) as { access_token?: string; expires_on?: string; message?: string },
  };
}

describe('the identity relay', () => {
  it('gives a token for Speech to who knows the secret, in the shape of App Service', async () => {
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: 'token-1',
      expires_on: String((nowMs + HOUR_MS) / 1000),
      resource: AUDIENCE,
      token_type: 'Bearer',
    });
    expect(answers).toEqual([[200, AUDIENCE]]);
  });

  it.each<readonly [string, Asking, number, string]>([
    ['a wrong secret', { secret: 'other' }, 401, 'X-IDENTITY-HEADER'],
    ['no secret', { secret: '' }, 401, 'X-IDENTITY-HEADER'],
    ['another audience', { resource: 'https://management.azure.com/' }, 403, 'nothing else'],
    ['no audience', { resource: '' }, 403, 'nothing else'],
    ['another version', { version: '2017-09-01' }, 400, 'must be 2019-08-01'],
    ['another path', { path: '/' }, 404, 'GET /msi/token'],
    ['another method', { method: 'POST' }, 404, 'GET /msi/token'],
  ])('refuses %s', async (_what, asking, expected, sentence) => {
    const { status, body } = await ask(asking);
    expect(status).toBe(expected);
    expect(body.message).toContain(sentence);
    expect(asked).toEqual([]);
  });

  it('asks once for many, and again only when the token is about to end', async () => {
    const many = await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(new Set(many.map(({ body }) => body.access_token))).toEqual(new Set(['token-1']));
    nowMs += HOUR_MS - 301_000;
    expect((await ask()).body.access_token).toBe('token-1');
    nowMs += 2_000;
    expect((await ask()).body.access_token).toBe('token-2');
    expect(asked).toHaveLength(2);
  });

  it('says why there is no token, and tries again at the next request', async () => {
    const good = tokenFor;
    tokenFor = () => Promise.reject(new Error('az is not logged in. Type: az login'));
    expect(await ask()).toEqual({
      status: 500,
      body: { statusCode: 500, message: 'az is not logged in. Type: az login' },
    });
    tokenFor = good;
    expect((await ask()).status).toBe(200);
  });
});

describe('the service behind the relay', () => {
  it('gets its token as it would on Azure', async () => {
    const child = Bun.spawn(
      [
        process.execPath,
        '--no-env-file',
        '-e',
        `const { defaultCredential } = await import('./service/src/identity/credential.ts');
         const token = await defaultCredential(null).getToken('${AUDIENCE}/.default');
         console.log(token.token);`,
      ],
      {
        cwd: `${import.meta.dirname}/../..`,
        env: {
          HOME: '/nonexistent',
          AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
          IDENTITY_ENDPOINT: `http://127.0.0.1:${relay.port}/msi/token`,
          IDENTITY_HEADER: SECRET,
        },
        stderr: 'inherit',
      },
    );
    nowMs = Date.now();
    expect(await new Response(child.stdout).text()).toBe('token-1\n');
  });
});
