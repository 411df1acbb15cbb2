/** Builds the image inside the cluster, unless the cluster has it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOCKERFILE } from '../image/context.ts';
import type { ImageSource } from '../verbs/image-source.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import { explain } from './explain.ts';
import type { Minikube } from './minikube.ts';

const REPOSITORY = 'stt';
const SHOWN_LINES = 5;

/** Such as stt:sha-0123456789abcdef: the same content has the same name. */
export function imageName(source: ImageSource): string {
  return `${REPOSITORY}:${source.tag()}`;
}

/** Rejects with `ProgramError` or `Refusal` where the build fails. */
export async function ensureImage(
  { say }: Session,
  minikube: Minikube,
  source: ImageSource,
  image: string,
): Promise<void> {
  if (await has(minikube, image)) {
    say.done(`The cluster has ${image}: nothing to build`);
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'stt-image-'));
  let said: string;
  try {
    if (`${REPOSITORY}:${source.stage(directory)}` !== image) {
      throw new Refusal('Files of the image changed just now. Type: make deploy-local');
    }
    say.note(`Building ${image} in the cluster`);
    said = await minikube.build(image, DOCKERFILE, directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  // Minikube ends well also where the build did not.
  if (!(await has(minikube, image))) {
    const end = said.trim().split('\n').slice(-SHOWN_LINES).join('\n');
    const known =
      explain(said, 'deploy-local') ?? `Mend ${DOCKERFILE}, then type: make deploy-local`;
    throw new Refusal(`${image} was not built. minikube says:\n${end}\n${known}`);
  }
  say.done(`Built ${image}`);
}

/** Container runtimes put their own registry before the name. */
async function has(minikube: Minikube, image: string): Promise<boolean> {
  return (await minikube.images()).some((line) => line === image || line.endsWith(`/${image}`));
}
