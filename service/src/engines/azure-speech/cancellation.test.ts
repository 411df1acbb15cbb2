import { CancellationErrorCode } from 'microsoft-cognitiveservices-speech-sdk';
import { describe, expect, it } from 'vitest';
import { failureOf } from './cancellation.ts';

const TOKEN = 'eyJ0eXAiOiJKV1Qi';
const refused = (status: number) =>
  `Unable to contact server. StatusCode: 1006, wss://x/stt?Authorization=Bearer%20${TOKEN} Reason: ` +
  `WebSocket connection to 'wss://x' failed: Expected 101 status code: ${status}`;

describe('a cancelled recognition', () => {
  it.each([
    [CancellationErrorCode.ConnectionFailure, refused(401), 502, 'authentication'],
    [CancellationErrorCode.ConnectionFailure, refused(403), 502, 'forbidden'],
    [CancellationErrorCode.ConnectionFailure, refused(429), 503, 'throttled'],
    [CancellationErrorCode.ConnectionFailure, refused(500), 502, 'service'],
    [CancellationErrorCode.ConnectionFailure, refused(504), 504, 'timeout'],
    [
      CancellationErrorCode.BadRequestParameters,
      'Quota. websocket error code: 1007',
      503,
      'throttled',
    ],
    [CancellationErrorCode.ConnectionFailure, ' websocket error code: 1006', 503, 'network'],
    [CancellationErrorCode.AuthenticationFailure, '', 502, 'authentication'],
    [CancellationErrorCode.Forbidden, '', 502, 'forbidden'],
    [CancellationErrorCode.TooManyRequests, '', 503, 'throttled'],
    [CancellationErrorCode.ServiceTimeout, '', 504, 'timeout'],
    [CancellationErrorCode.ServiceError, '', 502, 'service'],
  ])('with code %i and "%s" is a %i, reason %s', (code, details, status, reason) => {
    const error = failureOf(code, details, 30_000);
    expect(error).toMatchObject({ status, reason });
    expect(error.retryAfterSeconds === undefined).toBe(status !== 503);
  });

  it('never quotes the text of the SDK, which holds the token', () => {
    const error = failureOf(CancellationErrorCode.ConnectionFailure, refused(401), 30_000);
    expect(Bun.inspect(error)).not.toContain(TOKEN);
    expect(error.message).toContain('Cognitive Services Speech User');
  });
});
