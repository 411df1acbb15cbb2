/** Stack `local` under a real Pulumi, with a control plane of its own to go into. */
import { join } from 'node:path';
import { startStack } from '../engine/engine.ts';
import type { PulumiStack } from '../engine/engine.ts';
import { startControlPlane } from './control-plane.ts';
import type { ControlPlane } from './control-plane.ts';

export interface LocalStack {
  readonly cluster: ControlPlane;
  readonly stack: PulumiStack;
  stop(): Promise<void>;
}

export async function startLocalStack(): Promise<LocalStack> {
  const cluster = await startControlPlane();
  try {
    const stack = await startStack('local', {
      packages: ['kubernetes', 'random'],
      script: join(import.meta.dirname, 'provider.ts'),
      args: [cluster.accessFile],
    });
    const stop = async () => {
      await stack.stop();
      await cluster.stop();
    };
    return { cluster, stack, stop };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
