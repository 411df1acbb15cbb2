/** The identity of this host: managed identity, workload identity, or a developer's `az login`. */
import type { TokenCredential } from '@azure/identity';

/** `clientId` names a user-assigned identity; null means the host's own. The library is heavy: loaded at first use. */
export function defaultCredential(clientId: string | null): TokenCredential {
  let loading: Promise<TokenCredential> | undefined;
  async function load(): Promise<TokenCredential> {
    const { DefaultAzureCredential } = await import('@azure/identity');
    return new DefaultAzureCredential(
      clientId === null ? {} : { managedIdentityClientId: clientId },
    );
  }
  return {
    getToken: async (scopes, options) => (await (loading ??= load())).getToken(scopes, options),
  };
}
