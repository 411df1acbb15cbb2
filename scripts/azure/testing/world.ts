/** A place for verbs with an az and a pulumi that answer as if all were well. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { azureNames } from '../../../stacks/azure/names.ts';
import { writeFakeProgram } from '../../verbs/testing/fake-program.ts';
import type { Rule } from '../../verbs/testing/fake-program.ts';
import { createPlace } from '../../verbs/testing/place.ts';
import type { Place } from '../../verbs/testing/place.ts';
import { goodAzure, SUBSCRIPTION } from './azure-answers.ts';
import { GOOD_PULUMI } from './pulumi-answers.ts';

export const LOCATION = 'swedencentral';
export const NAMES = azureNames({ name: 'stt', subscriptionId: SUBSCRIPTION, location: LOCATION });

export interface World extends Place {
  /** Rules that come before the good ones. */
  az(...rules: readonly Rule[]): void;
  pulumi(...rules: readonly Rule[]): void;
}

export function createWorld(
  where: { token?: string; endpoint?: string; url?: string } = {},
): World {
  const place = createPlace('provision');
  const { state, bin } = place;
  const outputs = {
    resourceGroup: NAMES.resourceGroup,
    location: LOCATION,
    subscriptionId: SUBSCRIPTION,
    speechResourceName: NAMES.account,
    speechEndpoint: where.endpoint ?? 'http://127.0.0.1:9',
    projectName: NAMES.project,
    registryName: NAMES.registry,
    registryServer: `${NAMES.registry}.azurecr.io`,
    appName: NAMES.app,
    image: '',
    url: '',
    grafanaUrl: '',
  };
  writeFileSync(join(state, 'outputs.base'), JSON.stringify(outputs));
  writeFileSync(join(state, 'outputs.app'), JSON.stringify({ ...outputs, url: where.url ?? '' }));
  const world: World = {
    ...place,
    az: (...rules) =>
      writeFakeProgram({
        name: 'az',
        bin,
        state,
        rules: [...rules, ...goodAzure(where.token ?? '')],
      }),
    pulumi: (...rules) =>
      writeFakeProgram({ name: 'pulumi', bin, state, rules: [...rules, ...GOOD_PULUMI] }),
  };
  world.az();
  world.pulumi();
  return world;
}
