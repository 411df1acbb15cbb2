/** Stack `azure`: what there is, in the order in which it comes to be. */
import { authorization, resources } from '@pulumi/azure-native';
import { all, getProject, getStack, interpolate } from '@pulumi/pulumi';
import { agentConfig } from './agent-config.ts';
import { Alerting } from './alerting.ts';
import { DeveloperAccess } from './developer-access.ts';
import { Environment } from './environment.ts';
import { Foundry } from './foundry.ts';
import { AppIdentity } from './identity.ts';
import { Metrics } from './metrics.ts';
import { azureNames } from './names.ts';
import { Observability } from './observability.ts';
import type { Place } from './place.ts';
import { Registry } from './registry.ts';
import { ServiceApp } from './service-app.ts';
import type { AzureSettings } from './settings.ts';

/** Creates everything and gives the stack's outputs; what is not there is an empty text. */
export async function azureStack(settings: AzureSettings): Promise<Record<string, unknown>> {
  const { location, image, apiKeys } = settings;
  const client = await authorization.getClientConfig();
  const { subscriptionId } = client;
  const developer = {
    principalId: settings.principalId ?? client.objectId,
    principalType: settings.principalType,
    subscriptionId,
  };
  const names = azureNames({ name: settings.name, subscriptionId, location });
  const tags = { project: getProject(), stack: getStack(), 'managed-by': 'pulumi' };

  const group = new resources.ResourceGroup(
    'group',
    { resourceGroupName: names.resourceGroup, location, tags },
    { protect: true },
  );
  const place: Place = { resourceGroupName: group.name, location, names, tags };
  const inGroup = { dependsOn: [group] };

  const foundry = new Foundry('foundry', place, inGroup);
  const registry = new Registry('registry', place, inGroup);
  const environment = new Environment('environment', place, settings, inGroup);
  const alerting = new Alerting('alerting', place, settings, inGroup);
  const identity = new AppIdentity(
    'app-identity',
    place,
    { accountId: foundry.accountId, registryId: registry.registryId, subscriptionId },
    inGroup,
  );
  new DeveloperAccess(
    'developer-access',
    { ...developer, accountId: foundry.accountId, projectId: foundry.projectId },
    inGroup,
  );
  const metrics = settings.prometheus
    ? new Metrics(
        'metrics',
        place,
        {
          writerId: identity.principalId,
          developerId: developer.principalId,
          developerType: developer.principalType,
          subscriptionId,
          actionGroupId: alerting.actionGroupId,
          runbookUrl: settings.runbookUrl ?? null,
        },
        inGroup,
      )
    : null;
  // An app without a real image never gets ready, and Azure waits for it: so it comes with the first one.
  const app =
    image === undefined || apiKeys === undefined
      ? null
      : new ServiceApp(
          'service',
          place,
          {
            settings,
            image,
            apiKeys,
            environmentId: environment.environmentId,
            identityId: identity.identityId,
            identityClientId: identity.clientId,
            speechResourceName: foundry.accountName,
            registryServer: registry.server,
            agentConfig:
              metrics === null
                ? null
                : all([metrics.remoteWriteUrl, identity.clientId]).apply(
                    ([remoteWriteUrl, identityClientId]) =>
                      agentConfig({ remoteWriteUrl, identityClientId, location }),
                  ),
            needs: [...identity.assignments, ...(metrics?.assignments ?? [])],
          },
          inGroup,
        );
  if (app !== null) {
    new Observability(
      'observability',
      place,
      {
        settings,
        appId: app.appId,
        workspaceId: environment.workspaceId,
        actionGroupId: alerting.actionGroupId,
      },
      inGroup,
    );
  }
  return {
    resourceGroup: group.name,
    location,
    subscriptionId,
    speechResourceName: foundry.accountName,
    speechEndpoint: interpolate`https://${foundry.accountName}.cognitiveservices.azure.com`,
    projectName: foundry.projectName,
    registryName: registry.registryName,
    registryServer: registry.server,
    environmentName: environment.environmentName,
    identityClientId: identity.clientId,
    appName: names.app,
    image: image ?? '',
    url: app?.url ?? '',
    grafanaUrl: metrics?.grafanaUrl ?? '',
    prometheusQueryUrl: metrics?.queryUrl ?? '',
  };
}
