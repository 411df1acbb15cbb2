/** Stack `local`: the service in a cluster of this machine, and what watches it. */
import { BoardsAndRules } from './boards-and-rules.ts';
import { RELEASE } from './chart-values.ts';
import { Guards } from './guards.ts';
import { Monitoring } from './monitoring.ts';
import { SecuredNamespace } from './namespaces.ts';
import { MONITORING_NAMESPACE, MONITORING_POD_SECURITY, NAMESPACE } from './place.ts';
import { serviceEnvironment } from './service-environment.ts';
import type { LocalSettings } from './settings.ts';
import { Workload } from './workload.ts';

/** Creates everything and gives the stack's outputs. `envFile` is what `.env` says. */
export async function localStack(
  settings: LocalSettings,
  envFile: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const environment = serviceEnvironment(settings, envFile);
  const { namespace } = new SecuredNamespace('namespace', {
    namespace: NAMESPACE,
    level: 'restricted',
  });
  const workload = new Workload('workload', { namespace, settings, environment });
  new Guards('guards', {
    namespace,
    settings,
    reachesAzure:
      `${settings.engine},${settings.fallbackEngine ?? ''}`.includes('azure-') ||
      environment['STT_AZURE_SPEECH_RESOURCE_NAME'] !== undefined,
  });
  const monitoring = settings.monitoring ? monitor(namespace, settings) : null;
  return {
    namespace,
    deployment: workload.deploymentName,
    service: workload.serviceName,
    nodePort: settings.nodePort,
    image: settings.image,
    monitoringNamespace: monitoring === null ? '' : MONITORING_NAMESPACE,
    grafanaService: monitoring === null ? '' : `${RELEASE}-grafana`,
    prometheusService: monitoring === null ? '' : `${RELEASE}-prometheus`,
    grafanaUser: monitoring?.grafanaUser ?? '',
    grafanaPassword: monitoring?.grafanaPassword ?? '',
  };
}

function monitor(namespace: SecuredNamespace['namespace'], settings: LocalSettings): Monitoring {
  const place = new SecuredNamespace('monitoring-namespace', {
    namespace: MONITORING_NAMESPACE,
    level: MONITORING_POD_SECURITY,
  });
  const monitoring = new Monitoring('monitoring', { namespace: place.namespace });
  new BoardsAndRules(
    'boards-and-rules',
    { namespace, runbookUrl: settings.runbookUrl ?? null },
    // The chart brings the types of the operator's objects.
    { dependsOn: [monitoring.release] },
  );
  return monitoring;
}
