/** The resource providers that the stack needs: which the subscription has not registered, and where they are offered. */
import type { Az } from './az.ts';
import { listAt, textAt, textsAt } from '../verbs/json.ts';
import { Cancelled, Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';

const ALWAYS = [
  'Microsoft.CognitiveServices',
  'Microsoft.App',
  'Microsoft.ContainerRegistry',
  'Microsoft.OperationalInsights',
  'Microsoft.ManagedIdentity',
  'Microsoft.Insights',
  'Microsoft.AlertsManagement',
];
const WITH_PROMETHEUS = ['Microsoft.Monitor', 'Microsoft.Dashboard'];

export function neededProviders(config: Readonly<Record<string, string>>): readonly string[] {
  return config['stt:prometheus'] === 'true' ? [...ALWAYS, ...WITH_PROMETHEUS] : ALWAYS;
}

/** Regions of Container Apps, such as swedencentral, as the provider's own answer lists them. */
export function containerAppRegions(provider: unknown): readonly string[] {
  const type = listAt(provider, 'resourceTypes').find(
    (each) => textAt(each, 'resourceType')?.toLowerCase() === 'managedenvironments',
  );
  return textsAt(type, 'locations').map(regionName);
}

/** `Sweden Central` and `SWEDENCENTRAL` are swedencentral. */
export function regionName(text: string): string {
  return text.toLowerCase().replaceAll(/\s/g, '');
}

/** Azure's answers by namespace. */
export async function askProviders(
  az: Az,
  namespaces: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const answers = await Promise.all(
    namespaces.map(async (namespace) => az(['provider', 'show', '-n', namespace])),
  );
  return new Map(namespaces.map((namespace, index) => [namespace, answers[index]]));
}

/** Offers to register what is not. Throws `Refusal` where the person does not want that. */
export async function ensureRegistered(
  { ask, say, yes }: Session,
  az: Az,
  providers: ReadonlyMap<string, unknown>,
): Promise<void> {
  const missing = [...providers]
    .filter(([, answer]) => textAt(answer, 'registrationState') !== 'Registered')
    .map(([namespace]) => namespace);
  if (missing.length === 0) {
    say.done(`All ${providers.size} resource providers are registered`);
    return;
  }
  const commands = missing.map((namespace) => `az provider register --wait -n ${namespace}`);
  say.warn(`Not registered in this subscription: ${missing.join(', ')}`);
  const agreed =
    yes ||
    (await ask
      .confirm({
        message: 'Register them? It costs nothing and takes minutes.',
        argument: 'YES=1',
        initial: true,
      })
      .catch((error: unknown) => {
        if (error instanceof Cancelled) throw error;
        throw new Refusal(
          `${missing.join(', ')} must be registered. Type: ${commands.join(' && ')}`,
        );
      }));
  if (!agreed) {
    throw new Refusal(`Without them nothing can be made. Type: ${commands.join(' && ')}`);
  }
  for (const namespace of missing) {
    say.note(`Registering ${namespace}: a minute or two`);
    // One after the other, so that a failure names its namespace.
    // oxlint-disable-next-line no-await-in-loop
    await az(['provider', 'register', '--wait', '-n', namespace]);
    say.done(`Registered ${namespace}`);
  }
}
