/** Values as the engine sends them: secrets and outputs come in envelopes, what is not known yet as a mark. */

/** The key that marks an envelope, and what it holds for each kind. */
const MARK = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
const OUTPUT = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export type Properties = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value without any envelope, as it would be sent to Azure. */
export function plain(value: unknown): unknown {
  return opened(value, () => null);
}

/** The value with its secrets still marked, as it may be kept in Pulumi's state. */
export function withSecrets(value: unknown): unknown {
  return opened(value, secret);
}

/** Marks a value so that Pulumi encrypts it in its state. */
export function secret(value: unknown): Properties {
  return { [MARK]: SECRET, value };
}

/** `kept` puts a secret's content back into an envelope, or gives null to leave it bare. */
function opened(value: unknown, kept: (content: unknown) => Properties | null): unknown {
  if (Array.isArray(value)) return value.map((each) => opened(each, kept));
  if (!isObject(value)) return value;
  if (value[MARK] === SECRET) {
    const content = opened(value['value'], kept);
    return kept(content) ?? content;
  }
  if (value[MARK] === OUTPUT) {
    const content = 'value' in value ? opened(value['value'], kept) : UNKNOWN;
    return value['secret'] === true ? (kept(content) ?? content) : content;
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, opened(each, kept)]));
}

/** What lies at a dotted path such as properties.customSubDomainName; undefined where nothing does. */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((found, key) => (isObject(found) ? found[key] : undefined), value);
}

/** The text at a dotted path, empty where there is none. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  return typeof found === 'string' ? found : '';
}

/** The objects of a list at a dotted path. */
export function listAt(value: unknown, path: string): readonly Properties[] {
  const found = at(value, path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** All texts in a value, at any depth. */
export function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isObject(value) ? Object.values(value).flatMap(texts) : [];
}
