/** Regions that offer everything, and whether one has room for what will be made. */
import { AzError } from './az.ts';
import type { Az } from './az.ts';
import { listAt, numberAt, textAt, textsAt } from '../verbs/json.ts';
import { containerAppRegions, regionName } from './providers.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Say } from '../verbs/say.ts';

export const DEFAULT_REGION = 'swedencentral';

const ACCOUNT_KIND = 'AIServices';
const ACCOUNT_SKU = 'S0';

/** Regions with both accounts for speech and Container Apps, sorted. */
export async function offeredRegions(az: Az, appProvider: unknown): Promise<readonly string[]> {
  const skus = await az(['cognitiveservices', 'account', 'list-skus', '--kind', ACCOUNT_KIND]);
  const withSpeech = new Set(
    listAt(skus)
      .filter(
        (sku) => textAt(sku, 'name') === ACCOUNT_SKU && listAt(sku, 'restrictions').length === 0,
      )
      .flatMap((sku) => textsAt(sku, 'locations').map(regionName)),
  );
  return containerAppRegions(appProvider)
    .filter((region) => withSpeech.has(region))
    .toSorted();
}

/** Throws `Refusal` for a region that lacks one of the two. */
export function mustOffer(regions: readonly string[], region: string): void {
  if (regions.includes(region)) return;
  const near = regions.filter((each) => each.slice(0, 4) === region.slice(0, 4));
  const some = (near.length > 0 ? near : regions).slice(0, 5);
  throw new Refusal(
    some.length === 0
      ? 'Azure names no region with both AI Services and Container Apps for this subscription. Type: az account set --subscription <another>'
      : `The region ${region} does not offer both AI Services (${ACCOUNT_SKU}) and Container Apps to this subscription; ${some.join(', ')} ${some.length === 1 ? 'does' : 'do'}. Type: make provision LOCATION=${some[0]}`,
  );
}

/** Throws `Refusal` where the subscription may have no further environment there; says so where the API does not tell. */
export async function mustHaveRoom(
  az: Az,
  say: Say,
  subscriptionId: string,
  region: string,
): Promise<void> {
  const url = `/subscriptions/${subscriptionId}/providers/Microsoft.App/locations/${region}/usages?api-version=2025-01-01`;
  const usages = await az(['rest', '--method', 'get', '--url', url]).catch((error: unknown) => {
    if (error instanceof AzError) return null;
    throw error;
  });
  const usage = listAt(usages, 'value').find(
    (each) => textAt(each, 'name', 'value') === 'ManagedEnvironmentCount',
  );
  const limit = numberAt(usage, 'limit');
  const used = numberAt(usage, 'currentValue') ?? numberAt(usage, 'usage');
  if (limit === null || used === null) {
    say.note(`Azure does not tell how many Container Apps environments are left in ${region}`);
  } else if (limit > 0 && used >= limit) {
    throw new Refusal(
      `The subscription has ${used} of at most ${limit} Container Apps environments in ${region}. Type: make provision LOCATION=<another region>, or ask for more in the portal under Quotas`,
    );
  } else if (limit === 0) {
    say.warn(
      `Azure says the subscription may have no Container Apps environment in ${region}; right after registering that can be wrong`,
    );
  } else {
    say.done(`${region} has room: ${used} of ${limit} Container Apps environments are taken`);
  }
}
