/** Names of everything on Azure: the same for the same subscription, region and prefix, and within Azure's rules. */
import { createHash } from 'node:crypto';

/** What a name is made of. */
export interface NameParts {
  /** 2 to 10 lower-case letters and digits, a letter first. */
  readonly name: string;
  /** A GUID. */
  readonly subscriptionId: string;
  /** A region such as swedencentral. */
  readonly location: string;
}

export interface AzureNames {
  readonly resourceGroup: string;
  /** Custom subdomain of the AI Foundry account, unique in the world. */
  readonly account: string;
  readonly project: string;
  /** Unique in the world, letters and digits alone. */
  readonly registry: string;
  readonly logs: string;
  readonly environment: string;
  readonly identity: string;
  readonly app: string;
  readonly actionGroup: string;
  readonly metrics: string;
  readonly collectionEndpoint: string;
  readonly collectionRule: string;
  /** At most 23 characters, unique in the world. */
  readonly grafana: string;
}

/**
 * Two names of the world must not meet those of others, so they end in six hexadecimal digits. These hang on what stays
 * the same for one installation and on nothing that a lost state would forget.
 */
export function azureNames({ name, subscriptionId, location }: NameParts): AzureNames {
  const suffix = createHash('sha256')
    .update(`${subscriptionId.toLowerCase()}|${location}|${name}`)
    .digest('hex')
    .slice(0, 6);
  return {
    resourceGroup: `rg-${name}-${location}`,
    account: `${name}-speech-${suffix}`,
    project: name,
    registry: `${name}${suffix}`,
    logs: `${name}-logs`,
    environment: `${name}-env`,
    identity: `${name}-identity`,
    app: name,
    actionGroup: `${name}-alerts`,
    metrics: `${name}-metrics`,
    collectionEndpoint: `${name}-metrics-in`,
    collectionRule: `${name}-metrics-rule`,
    grafana: `${name}-grafana-${suffix}`.slice(0, 23),
  };
}
