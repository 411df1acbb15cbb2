/** Configuration of the Prometheus agent beside the service: scrape it, write to Azure Monitor as the app's identity. */
import { stringify } from 'yaml';
import { PATHS, SERVICE_NAME } from '../../service/src/contract.ts';
import { METRICS_PORT } from '../lib/container.ts';

export interface AgentTarget {
  /** Where remote write goes, with the collection rule in its path. */
  readonly remoteWriteUrl: string;
  readonly identityClientId: string;
  readonly location: string;
}

/** Container Apps gives each replica its name in this variable; the agent puts it in for `${…}`. */
const REPLICA_VARIABLE = 'CONTAINER_APP_REPLICA_NAME';

/**
 * YAML for Prometheus 3 in agent mode. Boards tell instances apart by the label `instance`, which for a scrape of
 * localhost would be the same everywhere: so the replica's name takes its place on the way out.
 */
export function agentConfig({ remoteWriteUrl, identityClientId, location }: AgentTarget): string {
  return stringify({
    global: {
      scrape_interval: '30s',
      external_labels: { replica: `\${${REPLICA_VARIABLE}}` },
    },
    scrape_configs: [
      {
        job_name: SERVICE_NAME,
        metrics_path: PATHS.metrics,
        static_configs: [{ targets: [`127.0.0.1:${METRICS_PORT}`] }],
      },
    ],
    remote_write: [
      {
        url: remoteWriteUrl,
        azuread: {
          cloud: cloudOf(location),
          managed_identity: { client_id: identityClientId },
        },
        write_relabel_configs: [
          { source_labels: ['replica'], target_label: 'instance' },
          { regex: 'replica', action: 'labeldrop' },
        ],
      },
    ],
  });
}

/** The cloud's name as Prometheus writes it. */
function cloudOf(location: string): string {
  if (location.startsWith('usgov') || location.startsWith('usdod')) return 'AzureGovernment';
  return location.startsWith('china') ? 'AzureChina' : 'AzurePublic';
}
