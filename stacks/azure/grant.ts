/** Role assignments whose names say what they assign, so that a second try and another principal meet no old one. */
import { authorization } from '@pulumi/azure-native';
import { all, output } from '@pulumi/pulumi';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import { v5 as uuidv5 } from 'uuid';
import { ROLES } from './roles.ts';
import type { Role } from './roles.ts';

/** Namespace of the names: any GUID that never changes. */
const NAMESPACE = '6f0f2c1e-1f0a-4c58-9f5e-6a3d6f3f0b52';

export interface Grant {
  /** ARM id of what the role is for. */
  readonly scope: Input<string>;
  /** Object id in the directory. */
  readonly principalId: Input<string>;
  /** Told, since the directory may not know a new identity yet when it is asked. */
  readonly principalType: Input<string>;
  readonly role: Role;
  /** A GUID. */
  readonly subscriptionId: string;
}

/**
 * Azure wants a GUID for a name, and refuses both a known name for another principal and another name for what is there
 * already: so the name is made of exactly scope, principal and role.
 */
export function assignmentName(scope: string, principalId: string, role: Role): string {
  return uuidv5(`${scope.toLowerCase()}|${principalId.toLowerCase()}|${ROLES[role]}`, NAMESPACE);
}

/** Assigns `role`. All three of its parts are fixed once it exists, so a change makes a new one. */
export function grant(
  name: string,
  { scope, principalId, principalType, role, subscriptionId }: Grant,
  options: CustomResourceOptions,
): authorization.RoleAssignment {
  return new authorization.RoleAssignment(
    name,
    {
      scope,
      principalId,
      principalType,
      roleAssignmentName: all([output(scope), output(principalId)]).apply(([of, who]) =>
        assignmentName(of, who, role),
      ),
      roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ROLES[role]}`,
    },
    { deleteBeforeReplace: true, ...options },
  );
}
