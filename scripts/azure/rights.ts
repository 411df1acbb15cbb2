/** Whether somebody may do what making everything needs, by the permissions that Azure lists for a subscription. */
import type { Az } from './az.ts';
import { listAt, textsAt } from '../verbs/json.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Login } from './login.ts';

/** One role's worth; what any of them allows is allowed. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

export const NEEDED_ACTIONS = [
  'Microsoft.Resources/subscriptions/resourceGroups/write',
  'Microsoft.Authorization/roleAssignments/write',
] as const;

export function allows(permissions: readonly Permission[], action: string): boolean {
  return permissions.some(
    ({ actions, notActions }) =>
      actions.some((pattern) => matches(pattern, action)) &&
      !notActions.some((pattern) => matches(pattern, action)),
  );
}

export async function permissionsIn(
  az: Az,
  subscriptionId: string,
): Promise<readonly Permission[]> {
  const url = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
  return listAt(await az(['rest', '--method', 'get', '--url', url]), 'value').map((each) => ({
    actions: textsAt(each, 'actions'),
    notActions: textsAt(each, 'notActions'),
  }));
}

/** Throws `Refusal` that names the roles to ask for. */
export function mustAllow(permissions: readonly Permission[], login: Login): void {
  const missing = NEEDED_ACTIONS.filter((action) => !allows(permissions, action));
  if (missing.length === 0) return;
  throw new Refusal(
    `${login.userName} may not do ${missing.join(' and ')} in ${login.name}. That takes the role Owner, or Contributor with Role Based Access Control Administrator. An owner can type: az role assignment create --assignee ${login.userName} --role Owner --scope /subscriptions/${login.id}`,
  );
}

/** A star stands for anything, slashes included; case does not count. */
function matches(pattern: string, action: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 'i').test(action);
}
