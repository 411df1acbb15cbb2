import { describe, expect, it } from 'vitest';
import { isSafeEndpoint, resourceEndpoint, speechUrl } from './endpoint.ts';

describe('the address of the Speech service', () => {
  it('is left without a route for Azure, so that the SDK asks where to go', () => {
    expect(speechUrl(resourceEndpoint('Name', null)).href).toBe(
      'https://name.cognitiveservices.azure.com/',
    );
  });

  it('has its route spelled out on any other port or scheme, and keeps a route of its own', () => {
    expect(speechUrl('http://127.0.0.1:5010').href).toBe(
      'ws://127.0.0.1:5010/stt/speech/universal/v2',
    );
    expect(speechUrl('https://link.example.com:8443').href).toBe(
      'wss://link.example.com:8443/stt/speech/universal/v2',
    );
    expect(speechUrl('https://link.example.com/own/route').href).toBe(
      'wss://link.example.com/own/route',
    );
  });

  it('may be plain http on this machine alone', () => {
    expect(isSafeEndpoint('http://localhost:5010')).toBe(true);
    expect(isSafeEndpoint('http://[::1]:5010')).toBe(true);
    expect(isSafeEndpoint('http://host.minikube.internal:5010')).toBe(true);
    expect(isSafeEndpoint('http://127.0.0.1.example.com')).toBe(false);
    expect(isSafeEndpoint('http://10.0.0.1')).toBe(false);
  });
});
