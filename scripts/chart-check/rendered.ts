/** What helm prints for a chart, as objects of Kubernetes. Pure. */
import { YAML } from 'bun';
import { listAt, textAt } from '../verbs/json.ts';
import { Refusal } from '../verbs/refusal.ts';

/** Of what nobody would call a chart any more. */
const MOST_OBJECTS = 2000;
const TYPE_OF_TYPES = 'CustomResourceDefinition';

/** With an apiVersion, a kind and a name, each a text. */
export type Rendered = Readonly<Record<string, unknown>>;

/** In the order in which helm would install them; lists are opened, and empty documents left out. Throws `Refusal`. */
export function renderedObjects(text: string): readonly Rendered[] {
  const objects = text.split(/^---[ \t]*$/m).flatMap(objectsOf);
  if (objects.length > MOST_OBJECTS) {
    throw new Refusal(
      `The chart makes ${objects.length} objects, and ${MOST_OBJECTS} are the most.`,
    );
  }
  return objects;
}

/** Such as "Service monitoring/kps-grafana"; without a namespace where the chart names none. */
export function nameOf(object: Rendered): string {
  const namespace = textAt(object, 'metadata', 'namespace');
  const place = namespace === null ? '' : `${namespace}/`;
  return `${textAt(object, 'kind')} ${place}${textAt(object, 'metadata', 'name')}`;
}

/** Whether it makes a kind of object known. */
export function isType(object: Rendered): boolean {
  return object['kind'] === TYPE_OF_TYPES;
}

function objectsOf(document: string): readonly Rendered[] {
  const source = /^# Source: (.+)$/m.exec(document)?.[1] ?? 'What helm has rendered';
  const parsed = parse(source, document);
  if (parsed === null || parsed === undefined) return [];
  const items = textAt(parsed, 'kind')?.endsWith('List') === true ? listAt(parsed, 'items') : [];
  return (items.length > 0 ? items : [parsed]).map((object) => checked(source, object));
}

function parse(source: string, document: string): unknown {
  try {
    return YAML.parse(document);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Refusal(`${source} is no YAML after helm has rendered it: ${what}`, { cause: error });
  }
}

function checked(source: string, object: unknown): Rendered {
  const texts = [['apiVersion'], ['kind'], ['metadata', 'name']].map((path) =>
    textAt(object, ...path),
  );
  if (texts.every((each) => each !== null && each !== '')) return object as Rendered;
  throw new Refusal(
    `${source} renders to something without apiVersion, kind or name, which is no object of Kubernetes.`,
  );
}
