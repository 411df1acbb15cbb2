/** Where resources go and what they are called: what every component of the stack is told. */
import type { Input } from '@pulumi/pulumi';
import type { AzureNames } from './names.ts';

export interface Place {
  readonly resourceGroupName: Input<string>;
  readonly location: string;
  readonly names: AzureNames;
  readonly tags: Readonly<Record<string, string>>;
}
