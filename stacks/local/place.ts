/** Names and labels of everything in the cluster: what every component of the stack is told, and the verbs read. */
import { SERVICE_NAME } from '../../service/src/contract.ts';

export const NAMESPACE = 'stt';
export const MONITORING_NAMESPACE = 'monitoring';

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
