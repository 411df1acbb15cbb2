/** The Fast Transcription client for one recording: our token, no retries of its own, signs of life while it uploads. */
import { TranscriptionClient } from '@azure/ai-speech-transcription';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';

const AN_HOUR_MS = 3_600_000;

export interface FastClientOptions {
  /** Address of the resource. */
  readonly endpoint: string;
  readonly token: string;
  /** Bytes of the request that are on their way. */
  readonly onUploadProgress: (loadedBytes: number) => void;
}

export function createFastClient(options: FastClientOptions): TranscriptionClient {
  const { protocol, host, pathname } = new URL(options.endpoint);
  const base = `${host}${pathname.replace(/\/$/, '')}`;
  return new TranscriptionClient(
    `https://${base}`,
    {
      getToken: () =>
        Promise.resolve({ token: options.token, expiresOnTimestamp: Date.now() + AN_HOUR_MS }),
    },
    {
      // Retries are ours: they know the deadline of the request and the circuit.
      retryOptions: { maxRetries: 0 },
      additionalPolicies: [
        { policy: reportProgress(options.onUploadProgress), position: 'perCall' },
        ...(protocol === 'http:' ? [{ policy: PLAIN_HTTP, position: 'perRetry' as const }] : []),
      ],
    },
  );
}

function reportProgress(onProgress: (loadedBytes: number) => void): PipelinePolicy {
  return {
    name: 'reportProgress',
    sendRequest(request, next) {
      request.onUploadProgress = ({ loadedBytes }) => onProgress(loadedBytes);
      return next(request);
    },
  };
}

/** The SDK gives no token to plain http; the configuration allows it for this machine alone. */
const PLAIN_HTTP: PipelinePolicy = {
  name: 'plainHttp',
  sendRequest(request, next) {
    request.url = request.url.replace(/^https:/, 'http:');
    request.allowInsecureConnection = true;
    return next(request);
  },
};
