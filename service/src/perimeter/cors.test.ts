import { describe, expect, it } from 'vitest';
import { corsHeaders } from './cors.ts';

const LISTED = 'https://app.example';

function ask(origin: string | null, method = 'POST') {
  const headers = new Headers();
  if (origin !== null) headers.set('Origin', origin);
  if (method === 'OPTIONS') headers.set('Access-Control-Request-Method', 'POST');
  return new Request('http://localhost/transcriptions', { method, headers });
}

describe('CORS', () => {
  it('is off when no origin is listed', () => {
    expect(corsHeaders(ask(LISTED), [])).toEqual({});
    expect(corsHeaders(ask(LISTED, 'OPTIONS'), [])).toEqual({});
  });

  it('names a listed origin, and what its scripts may read', () => {
    expect(corsHeaders(ask(LISTED), ['https://other.example', LISTED])).toEqual({
      vary: 'Origin',
      'access-control-allow-origin': LISTED,
      'access-control-expose-headers': 'X-Request-Id, X-Stt-Engine, Server-Timing, Retry-After',
    });
  });

  it.each([
    'https://app.example.evil.test',
    'http://app.example',
    'https://app.example:8443',
    'https://sub.app.example',
    'https://APP.example',
    'null',
  ])('gives nothing to %s, which only resembles a listed origin', (origin) => {
    expect(corsHeaders(ask(origin), [LISTED])).toEqual({ vary: 'Origin' });
    expect(corsHeaders(ask(origin, 'OPTIONS'), [LISTED])).toEqual({ vary: 'Origin' });
  });

  it('gives nothing to a request without an origin', () => {
    expect(corsHeaders(ask(null), [LISTED])).toEqual({ vary: 'Origin' });
  });

  it('tells a preflight which methods and headers may come, keys included', () => {
    const headers = corsHeaders(ask(LISTED, 'OPTIONS'), [LISTED]);
    expect(headers['access-control-allow-methods']).toContain('POST');
    expect(headers['access-control-allow-headers']).toContain('Authorization');
    expect(headers['access-control-allow-headers']).toContain('Content-Type');
  });

  it('lets everyone in for an asterisk, and never with credentials', () => {
    const headers = corsHeaders(ask('https://any.example'), ['*']);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });
});
