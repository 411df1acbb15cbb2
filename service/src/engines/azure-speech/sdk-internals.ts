/**
 * The two places where the public face of the Speech SDK (1.52) is not enough. A test holds the SDK to what is
 * reached into here, so that an upgrade which changes it is seen.
 */
import type { SpeechRecognizer } from 'microsoft-cognitiveservices-speech-sdk';

interface ServiceRecognizer {
  fetchConnection(): Promise<unknown>;
  privConnectionPromise?: Promise<unknown>;
}

interface WebsocketConnection {
  readonly privConnectionMessageAdapter?: { readonly privWebsocketClient?: WebSocket | null };
}

export interface Wire {
  /** Bytes handed to the websocket that the network has not taken yet. */
  bufferedBytes(): number;
  /** Called for each message as it comes in, before the SDK has read it. */
  onMessage: () => void;
}

/**
 * Watches the websocket of a recogniser, and makes its uploads safe to run without the SDK's throttle.
 *
 * While a websocket is closing, the SDK resends its audio again and again without ever leaving the microtask queue, so
 * that the event which would end it is never delivered and the process hangs. It asks for its connection before each
 * piece: making that take one turn of the event loop lets the event in.
 */
export function watchWire(recognizer: SpeechRecognizer): Wire {
  const internals = serviceRecognizerOf(recognizer);
  const fetchConnection = internals.fetchConnection.bind(internals);
  let websocket: WebSocket | null = null;
  const wire: Wire = {
    bufferedBytes: () => websocket?.bufferedAmount ?? 0,
    onMessage: () => undefined,
  };
  internals.fetchConnection = async () => {
    await nextTurn();
    const connection = (await fetchConnection()) as WebsocketConnection;
    const current = connection.privConnectionMessageAdapter?.privWebsocketClient ?? null;
    if (current !== websocket) current?.addEventListener('message', () => wire.onMessage());
    websocket = current;
    return connection;
  };
  return wire;
}

function serviceRecognizerOf(recognizer: SpeechRecognizer): ServiceRecognizer {
  const { internalData } = recognizer as unknown as { readonly internalData?: ServiceRecognizer };
  if (typeof internalData?.fetchConnection !== 'function') {
    throw new Error(
      'This version of microsoft-cognitiveservices-speech-sdk is built differently: see azure-speech/sdk-internals.ts.',
    );
  }
  return internalData;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
