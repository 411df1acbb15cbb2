/** What the person who provisions may do with the account: transcribe from a laptop, and work in the project. */
import { ComponentResource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Input } from '@pulumi/pulumi';
import { grant } from './grant.ts';

export interface DeveloperAccessArgs {
  readonly accountId: Input<string>;
  readonly projectId: Input<string>;
  /** Object id in the directory. */
  readonly principalId: string;
  readonly principalType: string;
  readonly subscriptionId: string;
}

export class DeveloperAccess extends ComponentResource {
  constructor(name: string, args: DeveloperAccessArgs, options: ComponentResourceOptions) {
    super('stt:azure:DeveloperAccess', name, {}, options);
    const { accountId, projectId, ...who } = args;
    // Being Owner gives no right to data: without this role an Owner's request is refused as well.
    grant(
      'developer-speech-user',
      { ...who, scope: accountId, role: 'speechUser' },
      { parent: this },
    );
    grant(
      'developer-foundry-user',
      { ...who, scope: projectId, role: 'foundryUser' },
      { parent: this },
    );
    this.registerOutputs();
  }
}
