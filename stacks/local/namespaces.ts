/** The namespace of the service: nothing that is not restricted may run in it. */
import { core } from '@pulumi/kubernetes';
import { ComponentResource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Output } from '@pulumi/pulumi';
import { podSecurityLabels } from './place.ts';
import type { PodSecurity } from './place.ts';

export class SecuredNamespace extends ComponentResource {
  readonly namespace: Output<string>;

  constructor(
    name: string,
    { namespace, level }: { readonly namespace: string; readonly level: PodSecurity },
    options: ComponentResourceOptions = {},
  ) {
    super('stt:local:SecuredNamespace', name, {}, options);
    const created = new core.v1.Namespace(
      name,
      {
        metadata: {
          name: namespace,
          labels: {
            'app.kubernetes.io/managed-by': 'pulumi',
            ...podSecurityLabels(level),
          },
        },
      },
      { parent: this },
    );
    this.namespace = created.metadata.name;
    this.registerOutputs({ namespace: this.namespace });
  }
}
