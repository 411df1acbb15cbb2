import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** A file in each room that breaks one arrow, and one that keeps it. */
const BROKEN: readonly (readonly [string, string])[] = [
  ['service/src/contract.ts', "import { x } from './errors.ts';"],
  ['service/src/pool/bad-1.ts', "import { x } from '../errors.ts';"],
  ['service/src/pool/bad-2.ts', "import { x } from 'prom-client';"],
  ['service/src/pool/fixtures/bad-3.ts', "import { x } from '../../audio/index.ts';"],
  ['service/src/audio/bad.ts', "import { x } from '../engines/engine.ts';"],
  ['service/src/engines/bad-1.ts', "import { x } from '../routes/health.ts';"],
  ['service/src/engines/moonshine/bad-2.ts', "import { x } from '../../pool/index.ts';"],
  [
    'service/src/engines/azure-fast/bad-3.ts',
    "import { x } from '../../identity/token-provider.ts';",
  ],
  ['service/src/identity/bad-1.ts', "import { x } from '../contract.ts';"],
  ['service/src/identity/bad-2.ts', "import { x } from '../transcription/token-source.ts';"],
  ['service/src/perimeter/bad-1.ts', "import { x } from '../upload/receive.ts';"],
  ['service/src/perimeter/bad-2.ts', "import { x } from '../config.ts';"],
  ['service/src/upload/bad-2.ts', "import { x } from '../perimeter/cors.ts';"],
  ['service/src/routes/bad-3.ts', "import { x } from '../perimeter/guard.ts';"],
  ['service/src/keys/bad-1.ts', "import { x } from '../contract.ts';"],
  ['service/src/keys/bad-2.ts', "import { x } from 'elysia';"],
  ['service/src/transcription/bad-4.ts', "import { x } from '../keys/key-ring.ts';"],
  ['service/src/upload/bad.ts', "import { x } from '../audio/index.ts';"],
  ['service/src/transcription/bad-1.ts', "import { x } from '../pool/index.ts';"],
  ['service/src/transcription/bad-2.ts', "import { x } from 'elysia';"],
  ['service/src/transcription/bad-3.ts', "import { x } from '../identity/token-provider.ts';"],
  ['service/src/worker/bad.ts', "import { x } from '../config.ts';"],
  ['service/src/runners/bad.ts', "import { x } from '../routes/problem.ts';"],
  ['service/src/runners/bad-2.ts', "import { x } from '../identity/credential.ts';"],
  ['service/src/routes/bad.ts', "import { x } from '../pool/index.ts';"],
  ['service/src/routes/bad-2.ts', "import { x } from '../readiness.ts';"],
  ['service/src/routes/bad-3.ts', "import { x } from '../open-keys.ts';"],
  ['dashboards/bad.ts', "import { x } from '../service/src/metrics.ts';"],
  ['dashboards/bad-2.ts', "import { x } from '../k6/lib/modes.ts';"],
  ['system/bad.ts', "import { x } from '../service/src/metrics.ts';"],
  ['stacks/azure/bad-1.ts', "import { x } from '../../service/src/config.ts';"],
  ['stacks/azure/bad-2.ts', "import { x } from '../../dashboards/lib/rules.ts';"],
  ['stacks/azure/bad-3.ts', "import { x } from '../../scripts/azure/az.ts';"],
  ['k6/bad-1.ts', "import { x } from '../service/src/pool/index.ts';"],
  ['k6/lib/bad-2.ts', "import { x } from '../../scripts/load-test/run.ts';"],
  ['k6/lib/bad-3.ts', "import { x } from 'node:fs';"],
];
const KEPT: readonly (readonly [string, string])[] = [
  ['dashboards/lib/good-2.ts', "import { x } from '../../k6/lib/metric-names.ts';"],
  ['service/src/pool/good.ts', "import { x } from './queue.ts';"],
  ['service/src/engines/moonshine/good.ts', "import { x } from '../../audio/vad.ts';"],
  ['service/src/engines/azure-fast/good.ts', "import { x } from '../azure/failures.ts';"],
  ['service/src/identity/good.ts', "import { x } from '../errors.ts';"],
  ['service/src/perimeter/good.ts', "import { x } from '../errors.ts';"],
  ['service/src/keys/good.ts', "import { x } from '../errors.ts';"],
  ['service/src/routes/good-2.ts', "import { x } from '../keys/in-flight.ts';"],
  ['service/src/routes/good.ts', "import { x } from '../transcription/transcribe.ts';"],
  ['service/emulator/good.ts', "import { x } from '../src/audio/index.ts';"],
  ['system/good.ts', "import { x } from '../service/emulator/index.ts';"],
  ['stacks/azure/good-1.ts', "import { x } from '../../service/src/contract.ts';"],
  ['stacks/azure/good-2.ts', "import { x } from '../../dashboards/index.ts';"],
  ['dashboards/good.ts', "import { x } from '../service/src/contract.ts';"],
];

let directory: string;
let report: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'stt-arrows-'));
  cpSync(join(ROOT, '.oxlintrc.json'), join(directory, '.oxlintrc.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  for (const [path, line] of [...BROKEN, ...KEPT]) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), `${line}\nx();\n`);
  }
  writeFileSync(join(directory, 'service/src/pool/env.ts'), "process.env['X'];\n");
  const run = Bun.spawnSync(
    [process.execPath, '--bun', join(ROOT, 'node_modules/.bin/oxlint'), '--format=unix'],
    { cwd: directory },
  );
  report = run.stdout.toString() + run.stderr.toString();
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the dependency arrows', () => {
  it.each(BROKEN)('forbid in %s: %s', (path) => {
    expect(complaints(path)).toContain('no-restricted-imports');
  });

  it.each(KEPT)('allow in %s: %s', (path) => {
    expect(complaints(path)).not.toContain('no-restricted-imports');
  });

  it('leave the environment to the configuration', () => {
    expect(complaints('service/src/pool/env.ts')).toContain('no-process-env');
  });

  // No rule of the linter: rooms have their own lists of the same rule, and tests may use the emulator.
  it('keep the emulator out of the service, its tests aside', () => {
    const modules = [...new Bun.Glob('service/src/**/*.ts').scanSync(ROOT)];
    const importing = modules.filter((path) =>
      importsEmulator(readFileSync(join(ROOT, path), 'utf8')),
    );
    expect(modules).toContain('service/src/main.ts');
    expect(importing.filter((path) => !path.endsWith('.test.ts'))).toEqual([]);
  });

  it.each([
    "import { createEmulator } from '../emulator/index.ts';",
    "const { createEmulator } = await import('../../emulator/index.ts');",
  ])('would see the emulator in: %s', (line) => {
    expect(importsEmulator(line)).toBe(true);
  });
});

function importsEmulator(source: string): boolean {
  return /['"](?:\.\.\/)+emulator\//.test(source);
}

function complaints(path: string): string {
  return report
    .split('\n')
    .filter((line) => line.includes(path))
    .join('\n');
}
