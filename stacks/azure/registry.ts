/** Azure Container Registry: holds the service's image; nobody has a password for it. */
import { containerregistry } from '@pulumi/azure-native';
import { ComponentResource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Output } from '@pulumi/pulumi';
import type { Place } from './place.ts';

export class Registry extends ComponentResource {
  /** ARM id. */
  readonly registryId: Output<string>;
  readonly registryName: Output<string>;
  /** Host name of the registry. */
  readonly server: Output<string>;

  constructor(name: string, place: Place, options: ComponentResourceOptions) {
    super('stt:azure:Registry', name, {}, options);
    const { names, resourceGroupName, location, tags } = place;
    const registry = new containerregistry.Registry(
      'registry',
      {
        resourceGroupName,
        location,
        tags,
        registryName: names.registry,
        sku: { name: 'Basic' },
        adminUserEnabled: false,
        anonymousPullEnabled: false,
      },
      { parent: this, protect: true },
    );
    this.registryId = registry.id;
    this.registryName = registry.name;
    this.server = registry.loginServer;
    this.registerOutputs({ registryName: this.registryName, server: this.server });
  }
}
