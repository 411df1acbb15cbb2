/** Names and labels of everything in the cluster: what every component of the stack is told, and the verbs read. */
import { SERVICE_NAME } from '../../service/src/contract.ts';

export const NAMESPACE = 'stt';
export const MONITORING_NAMESPACE = 'monitoring';

export type PodSecurity = 'restricted' | 'baseline';
export const MONITORING_POD_SECURITY: PodSecurity = 'baseline';

/** Makes a namespace refuse pods that may do more. */
export function podSecurityLabels(level: PodSecurity): Readonly<Record<string, string>> {
  return {
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/warn': level,
  };
}

/** Of the workload and what belongs to it. */
export const NAME = 'stt';
/** Of the Service that Prometheus finds pods by: the operator makes it the job of the series, which boards ask for. */
export const METRICS_SERVICE = SERVICE_NAME;

export const LABELS = {
  'app.kubernetes.io/name': NAME,
  'app.kubernetes.io/part-of': 'stt',
  'app.kubernetes.io/managed-by': 'pulumi',
} as const;

/** What selects the pods; a Deployment's cannot be changed later. */
export const SELECTOR = { 'app.kubernetes.io/name': NAME } as const;
