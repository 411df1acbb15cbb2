/** Whether the names that must be unique in the world are free, or held by something of ours. */
import type { AzureNames } from '../../stacks/azure/names.ts';
import { AzError } from './az.ts';
import type { Az } from './az.ts';
import { booleanAt, listAt, textAt } from '../verbs/json.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';

export interface DeletedAccount {
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
}

/** The deleted account that still holds a name, or null. */
export async function deletedAccount(az: Az, name: string): Promise<DeletedAccount | null> {
  const deleted = listAt(await az(['cognitiveservices', 'account', 'list-deleted']));
  const found = deleted.find((each) => textAt(each, 'name')?.toLowerCase() === name.toLowerCase());
  if (found === undefined) return null;
  const id = textAt(found, 'id') ?? '';
  return {
    name,
    resourceGroup: /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? '',
    location: textAt(found, 'location') ?? /\/locations\/([^/]+)/i.exec(id)?.[1] ?? '',
  };
}

/** As `az` takes it. */
export function purgeCommand({ name, resourceGroup, location }: DeletedAccount): readonly string[] {
  return ['cognitiveservices', 'account', 'purge', '-n', name, '-g', resourceGroup, '-l', location];
}

/** Offers to purge a deleted account that holds the name. Throws `Refusal`. */
export async function offerPurge({ ask, say, yes }: Session, az: Az, name: string): Promise<void> {
  const account = await deletedAccount(az, name);
  if (account === null) return;
  const command = `az ${purgeCommand(account).join(' ')}`;
  say.warn(
    `The account ${name} of this subscription was deleted, and holds its name until it is purged`,
  );
  const message = `Purge ${name}? It cannot be restored then.`;
  if (!yes && !(await ask.confirm({ message, argument: 'YES=1' }))) {
    throw new Refusal(`The name ${name} is held by a deleted account. Type: ${command}`);
  }
  await az(purgeCommand(account));
  say.done(`Purged the deleted account ${name}`);
}

/** Throws `Refusal` for a name that something outside of this stack has. */
export async function mustBeFree(az: Az, subscriptionId: string, names: AzureNames): Promise<void> {
  const url = `/subscriptions/${subscriptionId}/providers/Microsoft.CognitiveServices/checkDomainAvailability?api-version=2023-05-01`;
  const question = JSON.stringify({
    subdomainName: names.account,
    type: 'Microsoft.CognitiveServices/accounts',
    kind: 'AIServices',
  });
  const [domain, registry] = await Promise.all([
    az(['rest', '--method', 'post', '--url', url, '--body', question]),
    az(['acr', 'check-name', '-n', names.registry]),
  ]);
  if (booleanAt(domain, 'isSubdomainAvailable') === false) {
    const { account, resourceGroup } = names;
    await refuse(az, `account ${account}`, resourceGroup, [
      'cognitiveservices',
      'account',
      'show',
      '-n',
      account,
      '-g',
      resourceGroup,
    ]);
  }
  if (booleanAt(registry, 'nameAvailable') === false) {
    await refuse(az, `registry ${names.registry}`, names.resourceGroup, [
      'acr',
      'show',
      '-n',
      names.registry,
    ]);
  }
}

/** Ours without a state is a different matter from somebody else's. */
async function refuse(
  az: Az,
  what: string,
  resourceGroup: string,
  show: readonly string[],
): Promise<never> {
  const found = await az(show).catch((error: unknown) => {
    if (error instanceof AzError) return null;
    throw error;
  });
  throw new Refusal(
    found === null
      ? `The name of the ${what} is taken by somebody else. Type: make provision NAME=<another>`
      : `There is a ${what} in this subscription that Pulumi's state does not know, so the state was lost or lies elsewhere. Point PULUMI_BACKEND_URL at it; or, if its data may go, type: az group delete -n ${resourceGroup}; or make provision NAME=<another>`,
  );
}
