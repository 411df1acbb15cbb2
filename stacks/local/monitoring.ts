/** Prometheus and Grafana in the cluster, from the community's chart. */
import { core, helm } from '@pulumi/kubernetes';
import { ComponentResource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Input, Output } from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random';
import { ADMIN_SECRET, CHART, CHART_VALUES, RELEASE } from './chart-values.ts';

const ADMIN = 'admin';
const PASSWORD_LENGTH = 24;
/** Images of half a gigabyte come over a laptop's line. */
const TIMEOUT_SECONDS = 900;

export class Monitoring extends ComponentResource {
  readonly release: helm.v3.Release;
  readonly grafanaUser = ADMIN;
  /** A secret. */
  readonly grafanaPassword: Output<string>;

  constructor(
    name: string,
    { namespace }: { readonly namespace: Input<string> },
    options: ComponentResourceOptions = {},
  ) {
    super('stt:local:Monitoring', name, {}, options);
    const password = new RandomPassword(
      'grafana-password',
      { length: PASSWORD_LENGTH, special: false },
      { parent: this },
    );
    const secret = new core.v1.Secret(
      'grafana-admin',
      {
        metadata: { name: ADMIN_SECRET.name, namespace },
        stringData: { [ADMIN_SECRET.user]: ADMIN, [ADMIN_SECRET.password]: password.result },
      },
      { parent: this },
    );
    this.release = new helm.v3.Release(
      'kube-prometheus-stack',
      {
        name: RELEASE,
        namespace,
        chart: CHART.name,
        version: CHART.version,
        repositoryOpts: { repo: CHART.repository },
        values: CHART_VALUES,
        timeout: TIMEOUT_SECONDS,
        maxHistory: 3,
      },
      { parent: this, dependsOn: [secret] },
    );
    this.grafanaPassword = password.result;
    this.registerOutputs({ grafanaPassword: this.grafanaPassword });
  }
}
