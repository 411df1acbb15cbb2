import { describe, expect, it } from 'vitest';
import { openRecogniser } from './recogniser.ts';

const OPTIONS = {
  url: new URL('ws://127.0.0.1:9/stt/speech/universal/v2'),
  token: 'token',
  locales: ['en-US'],
};

describe('what is reached into of the Speech SDK', () => {
  it('is still there: the recogniser asks for its connection before it sends', async () => {
    const recogniser = openRecogniser(OPTIONS);
    expect(recogniser.wire.bufferedBytes()).toBe(0);
    const { internalData } = recogniser.recognizer as unknown as {
      internalData: { sendAudio: unknown; fetchConnection: unknown };
    };
    expect(String(internalData.sendAudio)).toContain('await this.fetchConnection()');
    await recogniser.close();
  });

  it('keeps the websocket where the gauge looks for it', async () => {
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request, bun) => (bun.upgrade(request) ? undefined : new Response()),
      websocket: { message: () => undefined },
    });
    const recogniser = openRecogniser({
      ...OPTIONS,
      url: new URL(`ws://127.0.0.1:${server.port}/stt/speech/universal/v2`),
    });
    const { internalData } = recogniser.recognizer as unknown as {
      internalData: {
        fetchConnection(): Promise<{
          privConnectionMessageAdapter: { privWebsocketClient: WebSocket };
        }>;
      };
    };
    const connection = await internalData.fetchConnection();
    const { privWebsocketClient } = connection.privConnectionMessageAdapter;
    expect(privWebsocketClient).toBeInstanceOf(WebSocket);
    expect(typeof privWebsocketClient.bufferedAmount).toBe('number');
    await recogniser.close();
    await server.stop(true);
  });
});
