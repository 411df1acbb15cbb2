/** Addresses of Azure AI Speech: which cloud a resource lives in, and where its two services answer. */

/** Clouds by the start of their region names; each has a domain and an audience of its own. */
const SOVEREIGN_CLOUDS = [
  { regions: /^us(gov|dod)/, domain: 'cognitiveservices.azure.us' },
  { regions: /^china/, domain: 'cognitiveservices.azure.cn' },
];
const PUBLIC_DOMAIN = 'cognitiveservices.azure.com';

/** Route of continuous recognition. */
const SPEECH_PATH = '/stt/speech/universal/v2';

/** Names under which a development machine reaches itself, where no token can be read off the wire. */
const LOCAL_HOSTS = /^(localhost|127(\.\d+){3}|\[::1\]|host\.(minikube|docker)\.internal)$/;

function domainOf(region: string | null): string {
  return (
    SOVEREIGN_CLOUDS.find(({ regions }) => regions.test(region ?? ''))?.domain ?? PUBLIC_DOMAIN
  );
}

/** Address made from the name of a resource; its custom subdomain is what takes tokens instead of keys. */
export function resourceEndpoint(resourceName: string, region: string | null): string {
  return `https://${resourceName.toLowerCase()}.${domainOf(region)}`;
}

/** What a token is asked for. */
export function tokenScope(region: string | null): string {
  return `https://${domainOf(region)}/.default`;
}

/** Whether an address may be given a token: encrypted, or on this machine. */
export function isSafeEndpoint(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, search, hash } = new URL(address);
  if (username !== '' || search !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOCAL_HOSTS.test(hostname));
}

/**
 * Address for the Speech SDK. It asks an address without a path where to go (always on port 443 over https), as Azure
 * wants it; for any other address the route is spelled out, so that nobody is asked.
 */
export function speechUrl(endpoint: string): URL {
  const url = new URL(endpoint);
  if (url.pathname === '/' && url.protocol === 'https:' && url.port === '') return url;
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  if (url.pathname === '/') url.pathname = SPEECH_PATH;
  return url;
}
