import { describe, expect, it } from 'vitest';
import { Refusal } from '../verbs/refusal.ts';
import { isType, nameOf, renderedObjects } from './rendered.ts';

const map = (name: string, more = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;

function complaint(text: string): string {
  try {
    renderedObjects(text);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('what helm has rendered', () => {
  it('comes apart into objects, in order, without documents that hold nothing', () => {
    const text = `---\n# Source: a.yaml\n${map('first')}\n---\n# Source: b.yaml\n\n--- \n${map('second')}`;
    expect(renderedObjects(text).map(nameOf)).toEqual(['ConfigMap first', 'ConfigMap second']);
  });

  it('keeps lines in a text that look like the end of a document', () => {
    const [object, ...others] = renderedObjects(
      map('one', 'data:\n  a: |\n    x\n    ---\n    y\n'),
    );
    expect(others).toEqual([]);
    expect(object?.['data']).toEqual({ a: 'x\n---\ny\n' });
  });

  it('opens lists', () => {
    const items = ['a', 'b'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
    }));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'SecretList', items });
    expect(renderedObjects(list).map(nameOf)).toEqual(['Secret a', 'Secret b']);
  });

  it('names the namespace where there is one', () => {
    const [object] = renderedObjects(map('one', '  namespace: kube-system\n'));
    expect(nameOf(object ?? {})).toBe('ConfigMap kube-system/one');
  });

  it('tells types from what is of a type', () => {
    const type =
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: a.b }';
    expect(renderedObjects(`${type}\n---\n${map('one')}`).map(isType)).toEqual([true, false]);
  });

  it('says which template is no YAML, or no object', () => {
    expect(complaint(`---\n# Source: c/templates/a.yaml\na: [1`)).toContain(
      'c/templates/a.yaml is no YAML',
    );
    expect(complaint(`# Source: c/templates/b.yaml\nkind: Service\n`)).toContain(
      'c/templates/b.yaml renders to something without apiVersion, kind or name',
    );
    expect(complaint('just a text')).toContain('no object of Kubernetes');
  });

  it('refuses more objects than any chart has', () => {
    expect(complaint(Array.from({ length: 2001 }, () => map('x')).join('\n---\n'))).toContain(
      '2001 objects',
    );
  });
});
