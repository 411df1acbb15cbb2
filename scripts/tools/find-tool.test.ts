import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const TOOLS = (
  'prometheus promtool pulumi etcd kube-apiserver ' +
  'kube-controller-manager kube-scheduler k6 kwok helm'
).split(' ');
const NEEDED = 'cat chmod dirname ln mkdir mv readlink rm sed sh sleep sort'.split(' ');
/** Stands in for Go: notes that it built, and writes a tool that tells the version it was told, where it was told. */
const GO = `#!/bin/sh
[ "$1" = env ] && { echo https://proxy.example,direct; exit; }
echo "$GOPROXY $PWD" >> "$BUILDS"
while [ "$1" != -ldflags ]; do shift; done
version=\${2##*=}
while [ "$1" != -o ]; do shift; done
sleep 0.3
echo '#!/bin/sh' > "$2"
[ -z "\${BROKEN:-}" ] || exit 1
case $3 in
  */promtool) echo "echo 'promtool, version $version (branch: , revision: unknown)'" >> "$2" ;;
  */pulumi) echo "echo $version" >> "$2" ;;
esac
chmod +x "$2"
`;

let root: string;
let path: string;
let builds: string;
let local: string;

/** A repository with nothing but the script, and a PATH with nothing but what it needs. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stt-find-tool-'));
  path = join(root, 'path');
  builds = join(root, 'builds');
  local = join(root, '.tools/bin/promtool');
  for (const module of ['prometheus', 'pulumi']) {
    mkdirSync(join(root, 'scripts/tools', module), { recursive: true });
  }
  mkdirSync(path);
  cpSync(join(import.meta.dirname, 'find-tool.sh'), join(root, 'scripts/tools/find-tool.sh'));
  for (const name of NEEDED) symlinkSync(Bun.which(name) ?? name, join(path, name));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function onPath(name: string, script: string): string {
  const file = join(path, name);
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return file;
}

const promtool = (version: string) =>
  `#!/bin/sh\necho "promtool, version ${version} (branch: HEAD, revision: 0)"\n`;

const pulumi = (version: string) => `#!/bin/sh\n[ "$1" = version ] && echo v${version}\n`;

async function findTool(env: Record<string, string> = {}, tool = 'promtool') {
  const child = Bun.spawn([join(root, 'scripts/tools/find-tool.sh'), tool], {
    env: { PATH: path, BUILDS: builds, ...env },
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 20_000,
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { found: stdout.trim(), said: stderr, code: await child.exited };
}

describe('find-tool.sh', () => {
  it('takes a tool on PATH that is as new as ours, and a newer one', async () => {
    for (const version of ['3.0.1', '4.1.0']) {
      const there = onPath('promtool', promtool(version));
      expect(await findTool()).toEqual({ found: there, said: '', code: 0 });
    }
  });

  it('says what to install where the tool is too old and Go is missing', async () => {
    onPath('promtool', promtool('2.42.0'));
    const { found, said, code } = await findTool();
    expect({ found, code }).toEqual({ found: '', code: 1 });
    expect(said).toContain('put promtool on PATH');
    expect(said).toContain('https://go.dev/dl');
  });

  it('builds once when two ask at once, past a lock whose owner has died', async () => {
    onPath('go', GO);
    mkdirSync(join(root, '.tools/bin'), { recursive: true });
    const ended = Bun.spawn(['true']);
    await ended.exited;
    symlinkSync(String(ended.pid), join(root, '.tools/bin/.promtool.lock'));
    const answers = await Promise.all([findTool(), findTool()]);
    expect(answers.map(({ found }) => found)).toEqual([local, local]);
    expect(readFileSync(builds, 'utf8')).toBe(
      `https://proxy.example ${join(root, 'scripts/tools/prometheus')}\n`,
    );
    expect(readdirSync(join(root, '.tools/bin'))).toEqual(['promtool']);
  });

  it('leaves nothing behind when the build fails', async () => {
    onPath('go', GO);
    const { found, said, code } = await findTool({ BROKEN: 'yes' });
    expect({ found, code }).toEqual({ found: '', code: 1 });
    expect(said).toContain('promtool 3.14.0 could not be built');
    expect(existsSync(local)).toBe(false);
    expect(readdirSync(join(root, '.tools/bin'))).toEqual([]);
  });

  it('builds anew where ours is of another version', async () => {
    onPath('go', GO);
    mkdirSync(join(root, '.tools/bin'), { recursive: true });
    writeFileSync(local, promtool('3.13.0'));
    chmodSync(local, 0o755);
    expect((await findTool()).found).toBe(local);
    expect(readFileSync(local, 'utf8')).toContain('3.14.0');
  });

  it('takes a pulumi on PATH that is new enough, down to the patch', async () => {
    for (const version of ['3.259.0', '3.300.1', '4.0.0']) {
      const there = onPath('pulumi', pulumi(version));
      expect(await findTool({}, 'pulumi')).toEqual({ found: there, said: '', code: 0 });
    }
    for (const version of ['3.258.9', '3.99.0', '2.300.0']) {
      onPath('pulumi', pulumi(version));
      const { found, said } = await findTool({}, 'pulumi');
      expect({ version, found }).toEqual({ version, found: '' });
      expect(said).toContain('pulumi 3.259.0 or newer is missing');
      expect(said).toContain('https://www.pulumi.com/docs/install');
    }
  });

  it('builds pulumi in its own module, once', async () => {
    onPath('go', GO);
    onPath('pulumi', pulumi('3.99.0'));
    const built = join(root, '.tools/bin/pulumi');
    for (const expected of ['Building pulumi 3.259.0', '']) {
      const { found, said, code } = await findTool({}, 'pulumi');
      expect({ found, code }).toEqual({ found: built, code: 0 });
      expect(said).toContain(expected);
    }
    expect(readFileSync(builds, 'utf8')).toBe(
      `https://proxy.example ${join(root, 'scripts/tools/pulumi')}\n`,
    );
  });

  it('names the tools it knows to whoever asks for another', async () => {
    const { said, code } = await findTool({}, 'terraform');
    expect({ said, code }).toEqual({
      said: `usage: find-tool.sh <${TOOLS.join('|')}>\n`,
      code: 2,
    });
  });
});
