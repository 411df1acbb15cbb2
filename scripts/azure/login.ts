/** Who is logged in with az, and in which subscriptions. */
import { AzError } from './az.ts';
import type { Az } from './az.ts';
import { explain } from './explain.ts';
import { listAt, textAt } from '../verbs/json.ts';
import { Refusal } from '../verbs/refusal.ts';

export interface Subscription {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
}

export interface Login extends Subscription {
  /** Such as a mail address, or the id of an application. */
  readonly userName: string;
  readonly userType: 'User' | 'ServicePrincipal';
}

/** With the subscription that az has chosen. Throws `Refusal`. */
export async function currentLogin(az: Az): Promise<Login> {
  const answer = await az(['account', 'show']).catch((error: unknown) => {
    if (!(error instanceof AzError)) throw error;
    throw new Refusal(
      explain(error.text) ?? `az account show failed: ${error.message}. Type: az login`,
    );
  });
  const subscription = subscriptionOf(answer);
  if (subscription === null) {
    throw new Refusal('az is logged in, but in no subscription. Type: az login');
  }
  return {
    ...subscription,
    userName: textAt(answer, 'user', 'name') ?? 'somebody',
    userType: textAt(answer, 'user', 'type') === 'servicePrincipal' ? 'ServicePrincipal' : 'User',
  };
}

/** Those that can be used. */
export async function enabledSubscriptions(az: Az): Promise<readonly Subscription[]> {
  return listAt(await az(['account', 'list'])).flatMap((each) => {
    const subscription = subscriptionOf(each);
    return subscription !== null && (textAt(each, 'state') ?? 'Enabled') === 'Enabled'
      ? [subscription]
      : [];
  });
}

/** Refuses to work in another subscription than the stack's. */
export function mustBeIn(login: Login, subscriptionId: string | undefined): void {
  if (subscriptionId === undefined || subscriptionId.toLowerCase() === login.id.toLowerCase())
    return;
  throw new Refusal(
    `The stack is in subscription ${subscriptionId}, and az works in ${login.name} (${login.id}). Type: az account set --subscription ${subscriptionId}`,
  );
}

/** Object id of who is logged in, or null where the directory does not tell. */
export async function principalId(az: Az, login: Login): Promise<string | null> {
  const parts =
    login.userType === 'User'
      ? ['ad', 'signed-in-user', 'show']
      : ['ad', 'sp', 'show', '--id', login.userName];
  try {
    return textAt(await az(parts), 'id');
  } catch (error) {
    if (error instanceof AzError) return null;
    throw error;
  }
}

function subscriptionOf(value: unknown): Subscription | null {
  const id = textAt(value, 'id');
  const tenantId = textAt(value, 'tenantId');
  if (id === null || tenantId === null) return null;
  return { id, tenantId, name: textAt(value, 'name') ?? id };
}
