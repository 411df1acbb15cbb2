/** What we set of kube-prometheus-stack: small enough for a laptop, and open to everything that the stack adds. */

/** The values that are set here, so that a misspelt one is a fault of the compiler's. */
export interface ChartValues {
  readonly fullnameOverride: string;
  readonly kubeEtcd: Switch;
  readonly kubeScheduler: Switch;
  readonly kubeControllerManager: Switch;
  readonly kubeProxy: Switch;
  readonly nodeExporter: Switch;
  readonly alertmanager: Switch;
  readonly prometheusOperator: { readonly admissionWebhooks: Switch; readonly tls: Switch };
  readonly prometheus: {
    readonly prometheusSpec: {
      readonly retention: string;
      readonly retentionSize: string;
      readonly scrapeInterval: string;
      readonly enableRemoteWriteReceiver: boolean;
      readonly resources: { readonly requests: { readonly cpu: string; readonly memory: string } };
      readonly serviceMonitorSelectorNilUsesHelmValues: boolean;
      readonly podMonitorSelectorNilUsesHelmValues: boolean;
      readonly probeSelectorNilUsesHelmValues: boolean;
      readonly ruleSelectorNilUsesHelmValues: boolean;
      readonly scrapeConfigSelectorNilUsesHelmValues: boolean;
    };
  };
  readonly grafana: {
    readonly defaultDashboardsEnabled: boolean;
    readonly admin: {
      readonly existingSecret: string;
      readonly userKey: string;
      readonly passwordKey: string;
    };
    readonly sidecar: {
      readonly dashboards: {
        readonly enabled: boolean;
        readonly label: string;
        readonly labelValue: string;
        readonly searchNamespace: string;
        readonly folderAnnotation: string;
        readonly provider: {
          readonly foldersFromFilesStructure: boolean;
          readonly allowUiUpdates: boolean;
        };
      };
    };
  };
}

interface Switch {
  readonly enabled: boolean;
}

export const CHART = {
  name: 'kube-prometheus-stack',
  version: '88.5.3',
  repository: 'https://prometheus-community.github.io/helm-charts',
} as const;

/** Begins the names of the chart's objects. */
export const RELEASE = 'kps';

export const ADMIN_SECRET = {
  name: 'grafana-admin',
  user: 'admin-user',
  password: 'admin-password',
};
export const DASHBOARD_LABEL = { name: 'grafana_dashboard', value: '1' };
export const FOLDER_ANNOTATION = 'grafana_folder';

const ON: Switch = { enabled: true };
const OFF: Switch = { enabled: false };

export const CHART_VALUES: ChartValues = {
  fullnameOverride: RELEASE,
  // Minikube binds these to the node's loopback: they would be down for ever.
  kubeEtcd: OFF,
  kubeScheduler: OFF,
  kubeControllerManager: OFF,
  kubeProxy: OFF,
  nodeExporter: OFF,
  // Alerts are looked at in Prometheus and Grafana; nobody is to be woken by a laptop.
  alertmanager: OFF,
  prometheusOperator: { admissionWebhooks: OFF, tls: OFF },
  prometheus: {
    prometheusSpec: {
      // Burn rates look three days back.
      retention: '5d',
      retentionSize: '4GB',
      scrapeInterval: '15s',
      // Load tests write their own series there.
      enableRemoteWriteReceiver: true,
      resources: { requests: { cpu: '100m', memory: '400Mi' } },
      // True, the chart's default, would see nothing but what carries the release's label.
      serviceMonitorSelectorNilUsesHelmValues: false,
      podMonitorSelectorNilUsesHelmValues: false,
      probeSelectorNilUsesHelmValues: false,
      ruleSelectorNilUsesHelmValues: false,
      scrapeConfigSelectorNilUsesHelmValues: false,
    },
  },
  grafana: {
    defaultDashboardsEnabled: false,
    admin: {
      existingSecret: ADMIN_SECRET.name,
      userKey: ADMIN_SECRET.user,
      passwordKey: ADMIN_SECRET.password,
    },
    sidecar: {
      dashboards: {
        ...ON,
        label: DASHBOARD_LABEL.name,
        labelValue: DASHBOARD_LABEL.value,
        searchNamespace: 'ALL',
        folderAnnotation: FOLDER_ANNOTATION,
        provider: { foldersFromFilesStructure: true, allowUiUpdates: false },
      },
    },
  },
};
