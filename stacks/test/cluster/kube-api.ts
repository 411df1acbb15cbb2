/** The API of Kubernetes over plain HTTP: server-side apply, read, list, delete. */
import { at, isObject, listAt, textAt } from '../engine/values.ts';
import type { Properties } from '../engine/values.ts';
import { eventually } from './processes.ts';

const FIELD_MANAGER = 'pulumi-test';
const NOT_FOUND = 404;
const SHOWN_CHARACTERS = 500;
/** A server that has lost its etcd answers never. */
const PATIENCE_MS = 60_000;

export interface Access {
  /** Such as https://127.0.0.1:6443. */
  readonly server: string;
  readonly token: string;
  /** Certificate of whoever signed the server's, as PEM. */
  readonly ca: string;
}

/** What names an object: apiVersion, kind, and metadata with name and, where it lies in one, namespace. */
export type KubeObject = Properties;

export interface KubeEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

/** What the API server has refused, in its words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class KubeApi {
  readonly #access: Access;
  readonly #namespace: string;
  /** Resources such as deployments by apiVersion and kind. */
  readonly #resources = new Map<string, { readonly name: string; readonly namespaced: boolean }>();

  constructor(access: Access, namespace = 'default') {
    this.#access = access;
    this.#namespace = namespace;
  }

  /** The same server, with that namespace for objects that name none. */
  within(namespace: string): KubeApi {
    return new KubeApi(this.#access, namespace);
  }

  /** The object as the server has it afterwards. Throws `ApiError`, on a conflict with another field manager as well. */
  async apply(
    object: KubeObject,
    options: { readonly dryRun?: boolean } = {},
  ): Promise<KubeObject> {
    const query = `fieldManager=${FIELD_MANAGER}${options.dryRun === true ? '&dryRun=All' : ''}`;
    return this.call('PATCH', `${await this.#path(object)}?${query}`, JSON.stringify(object));
  }

  /** Null where it does not exist. Throws `ApiError`. */
  async get(object: KubeObject): Promise<KubeObject | null> {
    try {
      return await this.call('GET', await this.#path(object));
    } catch (error) {
      if (error instanceof ApiError && error.status === NOT_FOUND) return null;
      throw error;
    }
  }

  /** By the path of the API, such as /api/v1/pods. Throws `ApiError`. */
  async list(path: string): Promise<readonly KubeObject[]> {
    return listAt(await this.call('GET', path), 'items');
  }

  /** Waits until it and what it owned have gone; what is gone already is no fault. Throws `ApiError`. */
  async delete(object: KubeObject): Promise<void> {
    const there = await this.get(object);
    if (there === null) return;
    const options = JSON.stringify({ propagationPolicy: 'Foreground' });
    await this.call('DELETE', await this.#path(object), options);
    await eventually(`${pathName(object)} is gone`, async () =>
      (await this.get(object)) === null ? true : null,
    );
  }

  /** What has happened to a list since it had that version, in order. Throws `ApiError`. */
  async events(path: string, version: string): Promise<readonly KubeEvent[]> {
    const query = `watch=1&resourceVersion=${version}&timeoutSeconds=1`;
    const response = await this.#send('GET', `${path}?${query}`);
    const lines = (await response.text()).trim().split('\n');
    return lines.flatMap((line) => (objectIn(line) as KubeEvent | null) ?? []);
  }

  /** Throws `ApiError`. */
  async call(method: string, path: string, body?: string): Promise<Properties> {
    const response = await this.#send(method, path, body);
    const text = await response.text();
    const answer = objectIn(text);
    if (answer !== null && response.ok) return answer;
    const words = textAt(answer, 'message') || text.trim().slice(0, SHOWN_CHARACTERS);
    throw new ApiError(response.status, `${method} ${path}: ${words}`);
  }

  async #send(method: string, path: string, body?: string): Promise<Response> {
    const type = method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json';
    return fetch(`${this.#access.server}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#access.token}`, 'content-type': type },
      tls: { ca: this.#access.ca },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body !== undefined && { body }),
    });
  }

  async #path(object: KubeObject): Promise<string> {
    const version = textAt(object, 'apiVersion');
    const base = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
    const { name, namespaced } = await this.#resource(base, textAt(object, 'kind'));
    const namespace = textAt(object, 'metadata.namespace') || this.#namespace;
    return `${base}${namespaced ? `/namespaces/${namespace}` : ''}/${name}/${textAt(object, 'metadata.name')}`;
  }

  async #resource(base: string, kind: string) {
    const key = `${base} ${kind}`;
    const known = this.#resources.get(key);
    if (known !== undefined) return known;
    const found = listAt(await this.call('GET', base), 'resources').find(
      (each) => each['kind'] === kind && !textAt(each, 'name').includes('/'),
    );
    if (found === undefined)
      throw new ApiError(NOT_FOUND, `no matches for kind ${kind} in ${base}`);
    const resource = { name: textAt(found, 'name'), namespaced: found['namespaced'] === true };
    this.#resources.set(key, resource);
    return resource;
  }
}

/** Null for anything else, such as the plain text about a path that nobody serves. */
function objectIn(text: string): Properties | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function pathName(object: KubeObject): string {
  return `${textAt(object, 'kind')} ${textAt(object, 'metadata.name')}`;
}

/** The condition of that type in an object's status, where it is true. */
export function condition(object: KubeObject, type: string): Properties | undefined {
  return listAt(object, 'status.conditions').find(
    (each) => each['type'] === type && at(each, 'status') === 'True',
  );
}
