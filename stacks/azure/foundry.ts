/** Azure AI Foundry: the account that recognises speech, without keys, and a project in it. */
import { cognitiveservices } from '@pulumi/azure-native';
import { ComponentResource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Output } from '@pulumi/pulumi';
import type { Place } from './place.ts';

export class Foundry extends ComponentResource {
  /** ARM id of the account. */
  readonly accountId: Output<string>;
  readonly accountName: Output<string>;
  /** ARM id of the project. */
  readonly projectId: Output<string>;
  readonly projectName: Output<string>;

  constructor(name: string, place: Place, options: ComponentResourceOptions) {
    super('stt:azure:Foundry', name, {}, options);
    const { names, resourceGroupName, location, tags } = place;
    const account = new cognitiveservices.Account(
      'account',
      {
        resourceGroupName,
        location,
        tags,
        accountName: names.account,
        kind: 'AIServices',
        sku: { name: 'S0' },
        identity: { type: 'SystemAssigned' },
        properties: {
          // Tokens of Entra ID need a subdomain of the resource's own; it cannot be changed later.
          customSubDomainName: names.account,
          allowProjectManagement: true,
          disableLocalAuth: true,
          publicNetworkAccess: 'Enabled',
          networkAcls: { defaultAction: 'Allow' },
        },
      },
      { parent: this, protect: true },
    );
    const project = new cognitiveservices.Project(
      'project',
      {
        resourceGroupName,
        location,
        tags,
        accountName: account.name,
        projectName: names.project,
        identity: { type: 'SystemAssigned' },
        properties: { displayName: 'Speech to text', description: 'Speech to text over REST' },
      },
      { parent: this },
    );
    this.accountId = account.id;
    this.accountName = account.name;
    this.projectId = project.id;
    this.projectName = project.name;
    this.registerOutputs({ accountName: this.accountName, projectName: this.projectName });
  }
}
