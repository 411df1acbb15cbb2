/** The action group: the one place that alerts go to, there before anything that could fire. */
import { monitor } from '@pulumi/azure-native';
import { ComponentResource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Output } from '@pulumi/pulumi';
import type { Place } from './place.ts';
import type { AzureSettings } from './settings.ts';

export class Alerting extends ComponentResource {
  /** ARM id. */
  readonly actionGroupId: Output<string>;

  constructor(
    name: string,
    { names, resourceGroupName, tags }: Place,
    { alertEmails }: Pick<AzureSettings, 'alertEmails'>,
    options: ComponentResourceOptions,
  ) {
    super('stt:azure:Alerting', name, {}, options);
    const group = new monitor.ActionGroup(
      'action-group',
      {
        resourceGroupName,
        tags,
        // Action groups belong to no region.
        location: 'Global',
        actionGroupName: names.actionGroup,
        groupShortName: 'stt',
        enabled: true,
        emailReceivers: alertEmails.map((emailAddress, index) => ({
          name: `email-${index + 1}`,
          emailAddress,
          useCommonAlertSchema: true,
        })),
      },
      { parent: this },
    );
    this.actionGroupId = group.id;
    this.registerOutputs({ actionGroupId: this.actionGroupId });
  }
}
