/** The pod of the service: what runs, as whom, with how much. Pure but for the types. */
import { createHash } from 'node:crypto';
import type { types } from '@pulumi/kubernetes';
import { PATHS, SERVICE_NAME } from '../../service/src/contract.ts';
import { neededMib } from '../lib/pool-memory.ts';
import { LABELS, NAME, SELECTOR } from './place.ts';
import { API_PORT, KEYS_DIRECTORY, METRICS_PORT, SPOOL_DIRECTORY } from '../lib/container.ts';
import { SHUTDOWN_GRACE_SECONDS, SPOOL_MB } from './service-environment.ts';
import type { LocalSettings } from './settings.ts';

const SETTINGS_MAP = 'stt-settings';
const KEYS_SECRET = 'stt-keys';
/** Where a relay for Azure's identity is found; made by whoever runs one, so it may be missing. */
export const IDENTITY_SECRET = 'stt-identity';

/** The image's own user. */
const USER = 10001;
/** Until every proxy has heard that the pod takes no more requests. */
const STOP_DELAY_SECONDS = 5;
const ENDING_SECONDS = 10;
/** Cores that a pod is sure of; it may use its limit where others leave it. */
const SURE_CORES = 0.5;
/** The spool's own files, and room to find out that it is full. */
const SPOOL_MARGIN_MB = 64;

/** Name of the ConfigMap with the environment. See `keysSecret` for why the content is in it. */
export function settingsMap(environment: Readonly<Record<string, string>>): string {
  return `${SETTINGS_MAP}-${hash(JSON.stringify(environment))}`;
}

/**
 * Name of the Secret with the keys. Other content is another object: pods of the version before keep theirs until new ones
 * are ready, and a changed name makes new pods, which changed content does not.
 */
export function keysSecret(apiKeys: string): string {
  return `${KEYS_SECRET}-${hash(apiKeys)}`;
}

export function podTemplate(
  settings: LocalSettings,
  environment: Readonly<Record<string, string>>,
): types.input.core.v1.PodTemplateSpec {
  const { apiKeys } = settings;
  return {
    metadata: { labels: { ...LABELS } },
    spec: {
      serviceAccountName: NAME,
      automountServiceAccountToken: false,
      // Kubernetes would add variables that begin with STT_ for the Service.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: STOP_DELAY_SECONDS + SHUTDOWN_GRACE_SECONDS + ENDING_SECONDS,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { ...SELECTOR } },
        },
      ],
      containers: [container(settings, settingsMap(environment))],
      volumes: [
        // On disk: one in memory would count against the pod's limit.
        { name: 'spool', emptyDir: { sizeLimit: `${SPOOL_MB + SPOOL_MARGIN_MB}Mi` } },
        ...(apiKeys === undefined
          ? []
          : [{ name: 'keys', secret: { secretName: keysSecret(apiKeys) } }]),
      ],
    },
  };
}

function container(settings: LocalSettings, map: string): types.input.core.v1.Container {
  const { image, cpu, memory, engine, poolSize, fallbackEngine, apiKeys } = settings;
  const needed = neededMib(engine, poolSize, fallbackEngine ?? null);
  const get = (path: string) => ({ path, port: 'http' });
  return {
    name: SERVICE_NAME,
    image,
    imagePullPolicy: 'IfNotPresent',
    ports: [
      { name: 'http', containerPort: API_PORT },
      { name: 'metrics', containerPort: METRICS_PORT },
    ],
    envFrom: [
      { configMapRef: { name: map } },
      { secretRef: { name: IDENTITY_SECRET, optional: true } },
    ],
    resources: {
      requests: { cpu: String(Math.min(SURE_CORES, cpu)), memory: `${needed}Mi` },
      limits: { cpu: String(cpu), memory: `${memory}Gi` },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    lifecycle: { preStop: { sleep: { seconds: STOP_DELAY_SECONDS } } },
    startupProbe: { httpGet: get(PATHS.liveness), periodSeconds: 2, failureThreshold: 30 },
    livenessProbe: {
      httpGet: get(PATHS.liveness),
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
    readinessProbe: {
      httpGet: get(PATHS.readiness),
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    volumeMounts: [
      { name: 'spool', mountPath: SPOOL_DIRECTORY },
      ...(apiKeys === undefined
        ? []
        : [{ name: 'keys', mountPath: KEYS_DIRECTORY, readOnly: true }]),
    ],
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
