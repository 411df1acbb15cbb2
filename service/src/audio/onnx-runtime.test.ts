import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '..');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stt-runtime-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** What a process that has run a model leaves behind in its home and its temporary directory. */
function leftBy(module: string): string[] {
  const model = join(SOURCE, '../node_modules/@ricky0123/vad-web/dist/silero_vad_v5.onnx');
  expect(existsSync(model)).toBe(true);
  const program = `
    const { InferenceSession } = await import(${JSON.stringify(module)});
    await InferenceSession.create(${JSON.stringify(model)});
    await Bun.sleep(500);
  `;
  const child = Bun.spawnSync([process.execPath, '--no-env-file', '-e', program], {
    cwd: SOURCE,
    env: { HOME: home, TMPDIR: home, BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0' },
  });
  expect(child.stderr.toString()).toBe('');
  return readdirSync(home, { recursive: true }).map(String);
}

describe('the ONNX Runtime', () => {
  it('leaves nothing behind that it could report with', () => {
    expect(leftBy('./audio/onnx-runtime.ts')).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('would otherwise', () => {
    expect(leftBy('onnxruntime-node').join('\n')).toContain('Microsoft');
  });

  it('is loaded through that one module', () => {
    const loading = [...new Bun.Glob('**/*.ts').scanSync(SOURCE)].filter((file) =>
      /^(im|ex)port .*'onnxruntime-node'/m.test(readFileSync(join(SOURCE, file), 'utf8')),
    );
    expect(loading).toEqual(['audio/onnx-runtime.ts']);
  });
});
