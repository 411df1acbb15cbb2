/** The Container Apps environment, and Log Analytics that gets its logs through Azure Monitor: no workspace key anywhere. */
import { app, monitor, operationalinsights } from '@pulumi/azure-native';
import { ComponentResource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Output } from '@pulumi/pulumi';
import type { Place } from './place.ts';
import type { AzureSettings } from './settings.ts';

/** A new environment answers well before that; without a limit a stuck one would hold the stack for an hour. */
const CREATE_TIMEOUT = '30m';

export class Environment extends ComponentResource {
  /** ARM id of the Container Apps environment. */
  readonly environmentId: Output<string>;
  readonly environmentName: Output<string>;
  /** ARM id of the Log Analytics workspace. */
  readonly workspaceId: Output<string>;

  constructor(
    name: string,
    place: Place,
    { logRetentionDays, logDailyGb }: Pick<AzureSettings, 'logRetentionDays' | 'logDailyGb'>,
    options: ComponentResourceOptions,
  ) {
    super('stt:azure:Environment', name, {}, options);
    const { names, resourceGroupName, location, tags } = place;
    const workspace = new operationalinsights.Workspace(
      'logs',
      {
        resourceGroupName,
        location,
        tags,
        workspaceName: names.logs,
        sku: { name: 'PerGB2018' },
        retentionInDays: logRetentionDays,
        workspaceCapping: { dailyQuotaGb: logDailyGb },
        features: { disableLocalAuth: true },
      },
      { parent: this, protect: true },
    );
    const environment = new app.ManagedEnvironment(
      'environment',
      {
        resourceGroupName,
        location,
        tags,
        environmentName: names.environment,
        appLogsConfiguration: { destination: 'azure-monitor' },
        // Without a profile Azure makes an environment of the old kind, which knows no profiles later either.
        workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }],
        zoneRedundant: false,
      },
      { parent: this, customTimeouts: { create: CREATE_TIMEOUT } },
    );
    new monitor.DiagnosticSetting(
      'environment-logs',
      {
        name: 'to-log-analytics',
        resourceUri: environment.id,
        workspaceId: workspace.id,
        logs: ['ContainerAppConsoleLogs', 'ContainerAppSystemLogs'].map((category) => ({
          category,
          enabled: true,
        })),
      },
      { parent: this },
    );
    this.environmentId = environment.id;
    this.environmentName = environment.name;
    this.workspaceId = workspace.id;
    this.registerOutputs({ environmentName: this.environmentName });
  }
}
