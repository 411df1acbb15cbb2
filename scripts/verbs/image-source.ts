/** The image as a verb that deploys sees it: a tag that its content decides, and a directory to build it from. */
import { imageContext, imageTag, stageContext } from '../image/context.ts';
import { Refusal } from './refusal.ts';

export interface ImageSource {
  /** The same content gives the same tag. */
  tag(): string;
  /** Writes the content into an empty directory and gives the tag of what was written. */
  stage(directory: string): string;
}

/** `verb` is what to type again, such as deploy-azure. */
export function repositoryImage(root: string, verb: string): ImageSource {
  return {
    tag: () => refusing(verb, () => imageTag(imageContext(root).hash)),
    stage: (directory) => refusing(verb, () => imageTag(stageContext(root, directory).hash)),
  };
}

/** What is wrong with the Dockerfile or its files is for the person who edits them. */
function refusing(verb: string, read: () => string): string {
  try {
    return read();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Refusal(`${what} Mend it, then type: make ${verb}`, { cause: error });
  }
}
