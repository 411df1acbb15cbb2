/** The app's identity and what it may do: use speech, pull the image. Nobody holds a secret of it. */
import { managedidentity } from '@pulumi/azure-native';
import { ComponentResource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Input, Output, Resource } from '@pulumi/pulumi';
import { grant } from './grant.ts';
import type { Place } from './place.ts';

export interface AppIdentityArgs {
  readonly accountId: Input<string>;
  readonly registryId: Input<string>;
  readonly subscriptionId: string;
}

export class AppIdentity extends ComponentResource {
  /** ARM id. */
  readonly identityId: Output<string>;
  readonly clientId: Output<string>;
  /** Object id in the directory. */
  readonly principalId: Output<string>;
  /** What must be there before the app starts. */
  readonly assignments: readonly Resource[];

  constructor(
    name: string,
    place: Place,
    { accountId, registryId, subscriptionId }: AppIdentityArgs,
    options: ComponentResourceOptions,
  ) {
    super('stt:azure:AppIdentity', name, {}, options);
    const { names, resourceGroupName, location, tags } = place;
    const identity = new managedidentity.UserAssignedIdentity(
      'identity',
      { resourceGroupName, location, tags, resourceName: names.identity },
      { parent: this },
    );
    const who = {
      principalId: identity.principalId,
      principalType: 'ServicePrincipal',
      subscriptionId,
    };
    this.assignments = [
      grant('app-speech-user', { ...who, scope: accountId, role: 'speechUser' }, { parent: this }),
      grant('app-acr-pull', { ...who, scope: registryId, role: 'acrPull' }, { parent: this }),
    ];
    this.identityId = identity.id;
    this.clientId = identity.clientId;
    this.principalId = identity.principalId;
    this.registerOutputs({ clientId: this.clientId });
  }
}
