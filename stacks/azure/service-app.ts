/** The Container App: the service, where asked for the metrics agent beside it, and the ingress in front. */
import { createHash } from 'node:crypto';
import { app } from '@pulumi/azure-native';
import type { types } from '@pulumi/azure-native';
import { ComponentResource, all, output } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Input, Output, Resource } from '@pulumi/pulumi';
import { PATHS, SERVICE_NAME } from '../../service/src/contract.ts';
import type { Place } from './place.ts';
import { API_PORT, KEYS_DIRECTORY, KEYS_FILE_NAME, SPOOL_DIRECTORY } from '../lib/container.ts';
import { TERMINATION_GRACE_SECONDS, serviceEnvironment } from './service-environment.ts';
import { AGENT_SIZE } from './settings.ts';
import type { AzureSettings } from './settings.ts';
import type { Size } from './sizes.ts';

type ContainerArgs = types.input.app.ContainerArgs;
type ProbeArgs = types.input.app.ContainerAppProbeArgs;

/** A first revision also waits for the roles of its identity; an update is quicker. */
const DEPLOY_TIMEOUT = '20m';

const AGENT_DIRECTORY = '/etc/prometheus';
const AGENT_FILE_NAME = 'agent.yml';
/** Samples that are not written yet; the image's own folders may not be writable for its user. */
const AGENT_STORAGE = '/agent';

export interface ServiceAppArgs {
  readonly settings: AzureSettings;
  /** Reference of the image; the app exists only once there is one. */
  readonly image: string;
  /** Content of the key file: hashes. */
  readonly apiKeys: string;
  readonly environmentId: Input<string>;
  readonly identityId: Input<string>;
  readonly identityClientId: Input<string>;
  readonly speechResourceName: Input<string>;
  readonly registryServer: Input<string>;
  /** Configuration of the metrics agent, or null for none. */
  readonly agentConfig: Input<string> | null;
  /** Roles without which the image cannot be pulled or the engine cannot work. */
  readonly needs: readonly Resource[];
}

export class ServiceApp extends ComponentResource {
  /** ARM id. */
  readonly appId: Output<string>;
  readonly appName: Output<string>;
  /** Public address, without a slash at its end. */
  readonly url: Output<string>;

  constructor(name: string, place: Place, args: ServiceAppArgs, options: ComponentResourceOptions) {
    super('stt:azure:ServiceApp', name, {}, options);
    const { names, resourceGroupName, location, tags } = place;
    const { settings, agentConfig } = args;
    const containerApp = new app.ContainerApp(
      'app',
      {
        resourceGroupName,
        location,
        tags,
        containerAppName: names.app,
        managedEnvironmentId: args.environmentId,
        workloadProfileName: 'Consumption',
        identity: { type: 'UserAssigned', userAssignedIdentities: [args.identityId] },
        configuration: {
          activeRevisionsMode: 'Single',
          maxInactiveRevisions: 5,
          registries: [{ server: args.registryServer, identity: args.identityId }],
          secrets: [
            { name: 'api-keys', value: args.apiKeys },
            ...(agentConfig === null ? [] : [{ name: 'agent-config', value: agentConfig }]),
          ],
          ingress: ingress(settings),
        },
        template: {
          terminationGracePeriodSeconds: TERMINATION_GRACE_SECONDS,
          containers: [
            serviceContainer(args),
            ...(agentConfig === null ? [] : [agentContainer(settings, agentConfig)]),
          ],
          volumes: [
            { name: 'spool', storageType: 'EmptyDir' },
            {
              name: 'api-keys',
              storageType: 'Secret',
              secrets: [{ secretRef: 'api-keys', path: KEYS_FILE_NAME }],
            },
            ...(agentConfig === null ? [] : agentVolumes()),
          ],
          scale: scale(settings),
        },
      },
      {
        parent: this,
        dependsOn: [...args.needs],
        customTimeouts: { create: DEPLOY_TIMEOUT, update: DEPLOY_TIMEOUT },
      },
    );
    this.appId = containerApp.id;
    this.appName = containerApp.name;
    this.url = containerApp.configuration.apply(
      (configuration) => `https://${configuration?.ingress?.fqdn ?? ''}`,
    );
    this.registerOutputs({ url: this.url });
  }
}

function serviceContainer(args: ServiceAppArgs): ContainerArgs {
  const { settings, image, apiKeys } = args;
  const environment = all([output(args.speechResourceName), output(args.identityClientId)]).apply(
    ([speechResourceName, identityClientId]) =>
      variables({
        ...serviceEnvironment(settings, { speechResourceName, identityClientId }),
        // A secret alone makes no new revision: its hash in the template does.
        CONFIG_HASH: shortHash(apiKeys),
      }),
  );
  return {
    name: SERVICE_NAME,
    image,
    resources: resources(settings.size),
    env: environment,
    probes: probes(),
    volumeMounts: [
      { volumeName: 'spool', mountPath: SPOOL_DIRECTORY },
      { volumeName: 'api-keys', mountPath: KEYS_DIRECTORY },
    ],
  };
}

function agentContainer(settings: AzureSettings, config: Input<string>): ContainerArgs {
  return {
    name: 'metrics-agent',
    image: settings.prometheusImage,
    args: [
      '--agent',
      `--config.file=${AGENT_DIRECTORY}/${AGENT_FILE_NAME}`,
      `--storage.agent.path=${AGENT_STORAGE}`,
      '--web.listen-address=127.0.0.1:9090',
    ],
    resources: resources(AGENT_SIZE),
    env: output(config).apply((text) => variables({ CONFIG_HASH: shortHash(text) })),
    volumeMounts: [
      { volumeName: 'agent-config', mountPath: AGENT_DIRECTORY },
      { volumeName: 'agent-storage', mountPath: AGENT_STORAGE },
    ],
  };
}

function agentVolumes(): types.input.app.VolumeArgs[] {
  return [
    {
      name: 'agent-config',
      storageType: 'Secret',
      secrets: [{ secretRef: 'agent-config', path: AGENT_FILE_NAME }],
    },
    { name: 'agent-storage', storageType: 'EmptyDir' },
  ];
}

function ingress({ allowedAddresses }: AzureSettings): types.input.app.IngressArgs {
  return {
    external: true,
    targetPort: API_PORT,
    transport: 'http',
    allowInsecure: false,
    stickySessions: { affinity: 'none' },
    ...(allowedAddresses.length === 0
      ? {}
      : {
          // Once one address is allowed, Azure refuses all others.
          ipSecurityRestrictions: allowedAddresses.map((ipAddressRange, index) => ({
            name: `allowed-${index + 1}`,
            action: 'Allow',
            ipAddressRange,
          })),
        }),
  };
}

/** A replica takes as many requests at once as it has workers; one more calls for another replica. */
function scale({ minReplicas, maxReplicas, poolSize }: AzureSettings): types.input.app.ScaleArgs {
  return {
    minReplicas,
    maxReplicas,
    rules: [{ name: 'requests', http: { metadata: { concurrentRequests: String(poolSize) } } }],
  };
}

function probes(): ProbeArgs[] {
  const on = (path: string) => ({ path, port: API_PORT, scheme: 'HTTP' });
  return [
    // Azure takes at most ten failures: half a minute to listen.
    { type: 'Startup', httpGet: on(PATHS.liveness), periodSeconds: 3, failureThreshold: 10 },
    {
      type: 'Liveness',
      httpGet: on(PATHS.liveness),
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
    {
      type: 'Readiness',
      httpGet: on(PATHS.readiness),
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
  ];
}

function resources({ cpu, memory }: Size): types.input.app.ContainerResourcesArgs {
  return { cpu, memory: `${memory}Gi` };
}

function variables(values: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(values).flatMap(([name, value]) => (value === '' ? [] : [{ name, value }]));
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
