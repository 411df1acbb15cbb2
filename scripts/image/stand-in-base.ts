/** An image that stands for oven/bun's slim one where no registry of images can be asked: minimal Debian 13 and this Bun. */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Buildah } from './buildah.ts';

const SUITE = 'trixie';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const PATHS = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What the published slim images leave out as well. */
const LEFT_OUT =
  'rm -rf var/lib/apt/lists/* var/cache/apt/* var/log/* usr/share/man usr/share/locale usr/share/info && ' +
  'find usr/share/doc -type f ! -name copyright -delete';

/**
 * Commits the stand-in as `name`, once. `directory` keeps the Debian part for the next time. Certificates of a private
 * authority that this machine trusts (NODE_EXTRA_CA_CERTS) go in, or npm could not be reached from a build.
 */
export async function ensureStandInBase(
  buildah: Buildah,
  name: string,
  directory: string,
): Promise<void> {
  if ((await buildah.run('images', '--noheading', '--filter', `reference=${name}`)) !== '') return;
  const debian = join(directory, SUITE);
  if (!existsSync(debian)) {
    console.log(`Making a minimal Debian ${SUITE} with debootstrap (half a minute) …`);
    const unfinished = `${debian}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    await buildah.tool(
      'debootstrap',
      '--variant=minbase',
      '--include=ca-certificates',
      SUITE,
      unfinished,
    );
    await buildah.tool('sh', '-c', `cd "$1" && ${LEFT_OUT}`, 'sh', unfinished);
    renameSync(unfinished, debian);
  }
  const container = await buildah.run('from', 'scratch');
  try {
    const root = await buildah.run('mount', container);
    await buildah.tool('cp', '-a', `${debian}/.`, root);
    await buildah.tool('install', '-m', '755', process.execPath, join(root, 'usr/local/bin/bun'));
    const env = [`PATH=${PATHS}`];
    const trusted = process.env['NODE_EXTRA_CA_CERTS'];
    if (trusted) {
      copyFileSync(trusted, join(root, CERTIFICATES));
      env.push(`NODE_EXTRA_CA_CERTS=${CERTIFICATES}`);
    }
    await buildah.run('umount', container);
    await buildah.run('config', ...env.flatMap((pair) => ['--env', pair]), container);
    await buildah.run('commit', '--quiet', container, name);
  } finally {
    await buildah.run('rm', container);
  }
}
