/** `make chart-check` as it is typed, with the real Helm and a real API server, on charts of a few lines. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prometheus, grafana, service, writeTinyChart } from './testing/tiny-chart.ts';
import type { Files } from './testing/tiny-chart.ts';

const SCRIPT = join(import.meta.dirname, '../chart-check.ts');

let chart: string;

beforeEach(() => {
  chart = mkdtempSync(join(tmpdir(), 'stt-tiny-chart-'));
});
afterEach(() => rmSync(chart, { recursive: true, force: true }));

async function check(files: Files = {}) {
  writeTinyChart(chart, files);
  const child = Bun.spawn([process.execPath, '--no-env-file', SCRIPT, `--chart=${chart}`], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, out, err };
}

it('takes a chart that has all that the stack needs', async () => {
  const { code, out, err } = await check();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('renders to 7 objects');
  expect(out).toContain('7 taken, 0 refused');
  expect(out).toContain('Pods of 1 Deployments are let in');
  expect(out).toContain('All 7 objects are taken');
});

it('lists in one go what is missed, what the server refuses, and whose pods the namespace refuses', async () => {
  const { code, out, err } = await check({
    'templates/prometheus.yaml': prometheus({ ruleSelector: { matchLabels: { release: 'kps' } } }),
    'templates/port.yaml': service('ports', 70_000),
    'templates/unknown.yaml': {
      apiVersion: 'nobody.example.com/v1',
      kind: 'Thing',
      metadata: { name: 'thing' },
    },
    'templates/misspelt.yaml': {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'misspelt' },
      datta: { a: 'b' },
    },
    'templates/grafana.yaml': grafana({ hostNetwork: true }),
  });
  expect(code).toBe(1);
  expect(out).toContain('7 taken, 3 refused');
  expect(err).toContain('5 fault(s)');
  expect(err).toContain('It is not so that Prometheus takes every rule of every namespace');
  expect(err).toMatch(/Service ports: .*70000.*between 1 and 65535/);
  expect(err).toMatch(/Thing thing: .*nobody\.example\.com/);
  expect(err).toMatch(/ConfigMap misspelt: .*\.datta: field not declared in schema/);
  expect(err).toMatch(/pods of Deployment kps-grafana: .*violates PodSecurity "baseline:latest"/);
});

it('refuses a chart of another version before anything starts', async () => {
  const { code, out, err } = await check({
    'Chart.yaml': { apiVersion: 'v2', name: 'kube-prometheus-stack', version: '1.0.0' },
  });
  expect(code).toBe(1);
  expect(err).toMatch(/The chart is kube-prometheus-stack 1\.0\.0, and .* names .* 88\.5\.3/);
  expect(err).toContain('helm pull kube-prometheus-stack');
  expect(out).not.toContain('API server');
});

it('says what Helm says of a chart that it cannot render', async () => {
  const { code, err } = await check({ 'templates/broken.yaml': '{{ nothing }}' });
  expect(code).toBe(1);
  expect(err).toMatch(/helm template failed: .*function "nothing" not defined/s);
});
