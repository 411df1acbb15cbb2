import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../verbs/refusal.ts';
import { api } from './api.ts';
import { deploy } from './deploy.ts';
import { DEFAULT_GRAFANA_PORT, grafana } from './grafana.ts';
import { logs } from './logs.ts';
import { status } from './status.ts';
import {
  clusterStatus,
  createWorld,
  IMAGE,
  PASSWORD,
  SOURCE,
  typing,
  URL_OF_SERVICE,
} from './testing/world.ts';
import type { World } from './testing/world.ts';

const FORWARD = '--context minikube port-forward';
const FORWARDING = {
  match: FORWARD,
  sh: `echo 'Forwarding from 127.0.0.1:3000 -> 3000'; sleep 0.05; echo 'Handling connection for 3000'`,
  err: 'error: lost connection to pod',
  code: 1,
};
const LOGS = { lines: 200, follow: false, previous: false };

let world: World;

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.remove());

async function refusal(act: Promise<unknown>): Promise<string> {
  const error = await act.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Refusal);
  return (error as Refusal).message;
}

const deployed = () => deploy(world.session(), typing(), SOURCE);

describe('make local-api', () => {
  const run = (forwardPort: number | null = null) => api(world.session(), { forwardPort });

  it('prints the URL that Minikube gives over all pods', async () => {
    await run();
    expect(world.said()).toContain(`\n  ${URL_OF_SERVICE}\n`);
    expect(world.said()).toContain(`train.wav ${URL_OF_SERVICE}/transcriptions/process-isolated`);
    expect(world.said()).toContain('needs no tunnel');
    expect(world.callsOf('kubectl', '--context')).toEqual([]);
  });

  it('prints it while Minikube still holds the tunnel, and what Minikube says besides', async () => {
    world.program('minikube', {
      match: 'service stt',
      sh: `echo '! the terminal needs to be open' >&2; printf 'http://127.0'; sleep 0.05; echo '.0.1:54321'
until [ -e "$state/seen" ]; do sleep 0.01; done`,
    });
    const running = run();
    const seen = async (): Promise<void> => {
      if (world.said().includes('http://127.0.0.1:54321\n')) return;
      await Bun.sleep(5);
      await seen();
    };
    await seen();
    expect(world.said()).not.toContain('needs no tunnel');
    world.mark('seen');
    await running;
    expect(world.said()).toContain('the terminal needs to be open');
  });

  it('refuses without a service, and where Minikube says nothing', async () => {
    world.program('minikube', {
      match: 'service stt',
      err: 'X Exiting due to SVC_NOT_FOUND: Service "stt" was not found',
      code: 115,
    });
    expect(await refusal(run())).toContain('make deploy-local');
    world.program('minikube', { match: 'service stt' });
    expect(await refusal(run())).toContain('minikube gave no URL');
  });

  it('forwards to one pod only when told, and warns', async () => {
    world.program('kubectl', FORWARDING);
    const sentence = await refusal(run(8001));
    expect(world.said()).toContain('! kubectl port-forward leads to one pod');
    expect(world.said()).toContain('\n  http://127.0.0.1:8001\n');
    expect(world.callsOf('kubectl', FORWARD)).toEqual([`${FORWARD} -n stt svc/stt 8001:8000`]);
    expect(sentence).toContain('Type: make local-api FORWARD=1');
    world.program('kubectl', { match: FORWARD, err: 'unable to listen on port 8001', code: 1 });
    expect(await refusal(run(8001))).toContain('make local-api FORWARD=1 PORT=<another>');
    world.program('kubectl', { match: FORWARD });
    expect(await refusal(run(8001))).toContain('kubectl stopped forwarding to svc/stt');
  });
});

describe('make local-grafana', () => {
  const run = (port = DEFAULT_GRAFANA_PORT) => grafana(world.session(), port);

  it('prints address, user and password once the port is open', async () => {
    await deployed();
    world.program('kubectl', FORWARDING);
    expect(await refusal(run())).toContain('Type: make local-grafana');
    expect(world.said()).toContain(
      `\n  http://localhost:3000\n  user      admin\n  password  ${PASSWORD}\n`,
    );
    expect(world.said().match(/localhost:3000/g)).toHaveLength(1);
    expect(world.said()).not.toContain('Handling connection');
    expect(world.callsOf('kubectl', FORWARD)).toEqual([
      `${FORWARD} -n monitoring svc/kps-grafana 3000:80`,
    ]);
    expect(world.calls().join('\n')).not.toContain(PASSWORD);
  });

  it('prints no password where the port is taken', async () => {
    await deployed();
    world.program('kubectl', {
      match: FORWARD,
      err: 'error: unable to listen on any of the requested ports: [{3000 3000}]',
      code: 1,
    });
    expect(await refusal(run())).toContain('make local-grafana PORT=<another>');
    expect(world.said()).not.toContain(PASSWORD);
  });

  it('refuses before a deployment, and where there is no Grafana', async () => {
    expect(await refusal(run())).toContain('Nothing is deployed yet. Type: make deploy-local');
    await deployed();
    world.mark('outputs', JSON.stringify({ grafanaService: '', monitoringNamespace: '' }));
    expect(await refusal(run())).toContain('make deploy-local MONITORING=true');
  });
});

describe('make local-status', () => {
  const run = (source = SOURCE) => status(world.session(), source);

  it('shows cluster, pods, figures and events, and that the code has not moved on', async () => {
    await deployed();
    await run();
    for (const text of [
      'with 16 CPUs',
      'deployment.apps/stt',
      '250m',
      'the last event',
      'kps-grafana-1',
    ]) {
      expect(world.said()).toContain(text);
    }
    expect(world.said()).toContain(`${IMAGE} is what this code builds`);
  });

  it('says that the code has moved on', async () => {
    await deployed();
    await run({ ...SOURCE, tag: () => 'sha-2' });
    expect(world.said()).toContain(`! ${IMAGE} is deployed, this code builds stt:sha-2`);
  });

  it('shows what there is while figures are missing, or nothing is deployed', async () => {
    world.program(
      'kubectl',
      { match: '--context minikube top', err: 'error: Metrics API not available', code: 1 },
      { match: '--context minikube get deployment' },
    );
    world.program('minikube', { match: 'profile list', code: 1 });
    await run();
    expect(world.said()).toContain('Metrics API not available');
    expect(world.said()).toContain('Nothing is in stt. Type: make deploy-local');
  });

  it('refuses where the cluster does not answer', async () => {
    world.program('kubectl', {
      match: '--context minikube get deployment',
      err: 'The connection to the server 192.168.49.2:8443 was refused',
      code: 1,
    });
    expect(await refusal(run())).toContain('minikube status -p minikube');
  });
});

describe('make local-logs', () => {
  it('prints what the pods say and nothing else', async () => {
    await logs(world.session(), LOGS);
    expect(world.said()).toBe('[pod/stt-7d4/stt-service] last words\n');
    expect(world.callsOf('kubectl', '--context')).toEqual([
      '--context minikube logs -n stt -l app.kubernetes.io/name=stt -c stt-service --prefix --tail=200 --max-log-requests=200',
    ]);
  });

  it('follows, and shows the container before, when told', async () => {
    await logs(world.session(), { lines: 5, follow: true, previous: true });
    expect(world.calls().at(-1)).toMatch(/--tail=5 .*--follow --previous$/);
  });

  it('says why there is nothing', async () => {
    world.program('kubectl', { match: '--context minikube logs', err: 'i/o timeout', code: 1 });
    expect(await refusal(logs(world.session(), LOGS))).toContain('The cluster does not answer');
  });
});

describe('verbs that look at the cluster', () => {
  const verbs: Readonly<Record<string, () => Promise<unknown>>> = {
    'local-api': () => api(world.session(), { forwardPort: null }),
    'local-grafana': () => grafana(world.session(), 3000),
    'local-status': () => status(world.session(), SOURCE),
    'local-logs': () => logs(world.session(), LOGS),
  };

  it.each(Object.keys(verbs))('%s needs one that runs', async (name) => {
    const run = verbs[name] ?? expect.fail();
    world.program('minikube', {
      match: 'status -o json',
      out: clusterStatus('Stopped', 'Stopped'),
      code: 7,
    });
    expect(await refusal(run())).toBe('The cluster is stopped. Type: make deploy-local');
  });

  it.each(
    Object.keys(verbs).flatMap((name) =>
      (['minikube', 'kubectl', ...(name === 'local-grafana' ? ['pulumi'] : [])] as const).map(
        (program) => [name, program] as const,
      ),
    ),
  )('%s needs %s', async (name, program) => {
    const run = verbs[name] ?? expect.fail();
    world.without(program as 'minikube');
    expect(await refusal(run())).toContain(`${program} is not on PATH. Install it (https://`);
  });
});
