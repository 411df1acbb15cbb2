/** A Kubernetes of its own on loopback: etcd, the API server, its controllers and scheduler, and kwok for nodes and pods. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { REPOSITORY } from '../engine/project.ts';
import { kwokStages } from './go-modules.ts';
import { KubeApi } from './kube-api.ts';
import type { Access } from './kube-api.ts';
import { eventually, freePorts, startProgram } from './processes.ts';
import type { Program } from './processes.ts';

const RSA_BITS = 2048;

export interface ControlPlane {
  readonly api: KubeApi;
  /** A JSON file, for its owner alone, with an `Access`: for whoever runs in another process. */
  readonly accessFile: string;
  stop(): Promise<void>;
}

/** With one node that takes pods; ready when that is. Builds what is missing of the tools, which takes minutes. */
export async function startControlPlane(): Promise<ControlPlane> {
  const directory = mkdtempSync(join(tmpdir(), 'stt-cluster-'));
  const file = (name: string) => join(directory, name);
  const write = (name: string, text: string) => {
    writeFileSync(file(name), text, { mode: 0o600 });
    return file(name);
  };
  const programs: Program[] = [];
  const start = (name: string, ...args: string[]) => {
    programs.push(startProgram(name, [findTool(name), ...args], file(`${name}.log`)));
  };
  // The API server goes before etcd: one that has lost its etcd hangs.
  const stop = async () => {
    const [etcd, server, ...others] = programs;
    await Promise.all([server, ...others].map((program) => program?.stop()));
    await etcd?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const [client = 0, peer = 0, secure = 0] = await freePorts(3);
    const etcd = `http://127.0.0.1:${client}`;
    const etcdPeer = `http://127.0.0.1:${peer}`;
    start(
      'etcd',
      `--data-dir=${file('etcd')}`,
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=${etcdPeer}`,
      `--initial-advertise-peer-urls=${etcdPeer}`,
      `--initial-cluster=default=${etcdPeer}`,
      // It is thrown away, so nothing needs to survive a power cut.
      '--unsafe-no-fsync',
      '--log-level=warn',
    );
    const server = `https://127.0.0.1:${secure}`;
    const token = randomUUID();
    const key = write('sa.key', rsaKey());
    start(
      'kube-apiserver',
      `--etcd-servers=${etcd}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${secure}`,
      `--cert-dir=${file('certs')}`,
      `--service-account-issuer=${server}`,
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=RBAC',
      '--endpoint-reconciler-type=none',
      `--token-auth-file=${write('tokens.csv', `${token},admin,admin,system:masters\n`)}`,
    );
    const check = () => programs.forEach((each) => each.check());
    const certificate = file('certs/apiserver.crt');
    const access = await eventually('the API server is ready', async () => {
      check();
      if (!existsSync(certificate)) return null;
      const access = { server, token, ca: readFileSync(certificate, 'utf8') };
      return (await isReady(access)) ? access : null;
    });
    const config = write('kubeconfig.yaml', kubeconfig(access));
    const own = [
      `--kubeconfig=${config}`,
      `--authentication-kubeconfig=${config}`,
      `--authorization-kubeconfig=${config}`,
      '--leader-elect=false',
      '--secure-port=0',
    ];
    start('kube-controller-manager', ...own, `--service-account-private-key-file=${key}`);
    start('kube-scheduler', ...own);
    const stages = write('stages.yaml', kwokStages());
    start('kwok', `--kubeconfig=${config}`, '--manage-all-nodes=true', `--config=${stages}`);
    const api = new KubeApi(access);
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' } };
    await api.apply(node);
    await eventually('the node takes pods', async () => {
      check();
      const there = await api.get(node);
      if (there === null) return null;
      const { taints = [] } = there['spec'] as { readonly taints?: readonly unknown[] };
      return taints.length === 0 ? true : null;
    });
    return { api, accessFile: write('access.json', JSON.stringify(access)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Throws what the script says where a tool can neither be found nor built. */
function findTool(name: string): string {
  const found = Bun.spawnSync([join(REPOSITORY, 'scripts/tools/find-tool.sh'), name]);
  if (!found.success) throw new Error(found.stderr.toString());
  return found.stdout.toString().trim();
}

function rsaKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: RSA_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return privateKey;
}

async function isReady({ server, token, ca }: Access): Promise<boolean> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${server}/readyz`, { headers, tls: { ca } })).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

function kubeconfig({ server, token, ca }: Access): string {
  const authority = Buffer.from(ca).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  });
}
