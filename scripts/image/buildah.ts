/** Buildah with a storage of its own, and other programs run the same way. */
import { join } from 'node:path';

export interface Buildah {
  /** Resolves with what it wrote, trimmed; rejects with its complaint. */
  run(...args: string[]): Promise<string>;
  /** Any other program. */
  tool(...command: string[]): Promise<string>;
}

/** Images and containers live under `directory` alone, out of sight of whatever else uses Buildah here. */
export function createBuildah(directory: string): Buildah {
  const storage = ['--root', join(directory, 'root'), '--runroot', join(directory, 'run')];
  return {
    run: (...args) => tool('buildah', ...storage, ...args),
    tool,
  };
}

async function tool(...command: string[]): Promise<string> {
  const child = Bun.spawn(command, { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`${command.join(' ')}\nended with ${code}:\n${output}${errors}`);
  return output.trim();
}
