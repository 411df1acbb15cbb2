/** What only a person can decide: subscription, region, names and who is told. Arguments win, then what was chosen before. */
import type { Option } from '../verbs/ask.ts';
import type { Az } from './az.ts';
import { enabledSubscriptions, mustBeIn } from './login.ts';
import type { Login, Subscription } from './login.ts';
import { regionName } from './providers.ts';
import { Refusal } from '../verbs/refusal.ts';
import { DEFAULT_REGION, mustOffer } from './regions.ts';
import type { Session } from '../verbs/session.ts';

const DEFAULT_NAME = 'stt';

/** What was typed after `make provision`; null where it was not. */
export interface ProvisionArguments {
  readonly subscription: string | null;
  readonly location: string | null;
  readonly name: string | null;
  readonly email: string | null;
}

/** What there is already. */
export interface Before {
  readonly config: Readonly<Record<string, string>>;
  /** The stack holds resources, so what their names hang on can no longer change. */
  readonly exists: boolean;
}

/** Refuses what cannot be before anything is asked or registered. Throws `Refusal`. */
export function checkTyped({ config, exists }: Before, typed: ProvisionArguments): void {
  const { location, name, email } = typed;
  const wrongName = name === null ? null : nameFault(name);
  if (wrongName !== null) {
    throw new Refusal(`NAME=${name} cannot be: ${wrongName}. Type: make provision NAME=stt`);
  }
  const wrongEmail = email === null ? null : emailFault(email);
  if (wrongEmail !== null) {
    throw new Refusal(
      `EMAIL=${email} cannot be: ${wrongEmail}. Type: make provision EMAIL=oncall@example.com`,
    );
  }
  if (!exists) return;
  if (location !== null) {
    mustStay('LOCATION', regionName(location), config['azure-native:location']);
  }
  if (name !== null) mustStay('NAME', name, config['stt:name'] ?? DEFAULT_NAME);
}

/** By id or name. Throws `Refusal`. */
export async function chooseSubscription(
  session: Session,
  az: Az,
  login: Login,
  { config, exists }: Before,
  typed: string | null,
): Promise<Subscription> {
  const before = config['azure-native:subscriptionId'];
  const all = await enabledSubscriptions(az);
  if (typed !== null) {
    const found = all.find(({ id, name }) => [id, name].includes(typed));
    if (found === undefined) {
      throw new Refusal(
        `SUBSCRIPTION=${typed} is none of this login: ${listed(all)}. Type: az login, or make provision SUBSCRIPTION=<one of them>`,
      );
    }
    if (exists) mustStay('SUBSCRIPTION', found.id, before);
    return found;
  }
  if (exists || session.yes) {
    // Only a person who sees it may work elsewhere than az does.
    mustBeIn(login, before);
    return login;
  }
  if (all.length < 2) {
    mustBeIn(login, before);
    return login;
  }
  const chosen = await session.ask.choice({
    message: 'Which subscription?',
    argument: `SUBSCRIPTION=${login.id}`,
    options: all.map(({ id, name }): Option => ({ value: id, label: name, hint: id })),
    initial: before ?? login.id,
  });
  return all.find(({ id }) => id === chosen) ?? login;
}

/** Throws `Refusal` for a region that does not offer everything. What was typed has been checked. */
export async function chooseRegion(
  { ask, yes }: Session,
  regions: readonly string[],
  { config, exists }: Before,
  typed: string | null,
): Promise<string> {
  const before = config['azure-native:location'];
  const wanted = typed === null ? null : regionName(typed);
  if (exists && before !== undefined) return before;
  const decided = wanted ?? (yes ? (before ?? null) : null);
  if (decided !== null) {
    mustOffer(regions, decided);
    return decided;
  }
  if (yes) {
    throw new Refusal(
      `Nobody said in which region. Type: make provision YES=1 LOCATION=${regions.includes(DEFAULT_REGION) ? DEFAULT_REGION : (regions[0] ?? DEFAULT_REGION)}`,
    );
  }
  const likely = before ?? DEFAULT_REGION;
  const chosen = await ask.choice({
    message: 'Which region? These have both AI Services and Container Apps.',
    argument: `LOCATION=${DEFAULT_REGION}`,
    options: regions.map((region): Option => ({ value: region, label: region })),
    initial: regions.includes(likely) ? likely : null,
  });
  mustOffer(regions, chosen);
  return chosen;
}

export async function chooseName(
  { ask, yes }: Session,
  { config, exists }: Before,
  typed: string | null,
): Promise<string> {
  const before = config['stt:name'] ?? DEFAULT_NAME;
  if (typed !== null) return typed;
  if (exists || yes) return before;
  return ask.text({
    message: 'With what do all names begin?',
    argument: `NAME=${before}`,
    initial: before,
    fault: nameFault,
  });
}

/** Comma-separated addresses; empty: nobody. */
export async function chooseEmail(
  { ask, yes }: Session,
  { config, exists }: Before,
  typed: string | null,
): Promise<string> {
  const before = config['stt:alertEmails'] ?? '';
  if (typed !== null) return typed;
  if (exists || yes) return before;
  return ask.text({
    message: 'Who is told when an alert fires? (empty: nobody)',
    argument: 'EMAIL=oncall@example.com',
    initial: before,
    placeholder: 'oncall@example.com',
    fault: emailFault,
  });
}

export function nameFault(name: string): string | null {
  return /^[a-z][a-z0-9]{1,9}$/.test(name)
    ? null
    : 'a name is 2 to 10 lower case letters and digits, the first a letter';
}

export function emailFault(text: string): string | null {
  const wrong = text
    .split(',')
    .map((each) => each.trim())
    .find((each) => each !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(each));
  return wrong === undefined ? null : `${wrong} is no mail address`;
}

function mustStay(variable: string, wanted: string, before: string | undefined): void {
  if (before === undefined || wanted.toLowerCase() === before.toLowerCase()) return;
  throw new Refusal(
    `${variable}=${wanted} cannot be: the stack is there with ${before}, and a change would replace what holds data. Type: make provision without ${variable}, or make destroy-azure first`,
  );
}

function listed(subscriptions: readonly Subscription[]): string {
  return subscriptions.map(({ id, name }) => `${name} (${id})`).join(', ') || 'it has none';
}
