/** Reads the types that azure-native's generated declarations consist of. Pure. */

/** A type as declared; `reference` is module and name, such as app.IngressArgs. */
export type Declared =
  | { readonly kind: 'any' }
  | { readonly kind: 'string' | 'number' | 'boolean' }
  | { readonly kind: 'literal'; readonly value: string }
  | { readonly kind: 'enum' | 'object'; readonly reference: string }
  | { readonly kind: 'list' | 'dictionary'; readonly of: Declared }
  | { readonly kind: 'union'; readonly options: readonly Declared[] };

export interface DeclaredProperty {
  readonly required: boolean;
  readonly type: Declared;
}

export type DeclaredProperties = ReadonlyMap<string, DeclaredProperty>;

const TOKEN = /"[^"]*"|\[key: string\]|\[\]|[A-Za-z_$][\w$.]*|[<>|{};:?]/g;
const COMMENT = /\/\*[\s\S]*?\*\//g;

/** Properties of an interface, from the text between its braces. Throws for syntax that the generator does not write. */
export function parseProperties(text: string): DeclaredProperties {
  const tokens = new Tokens(text.replaceAll(COMMENT, '').match(TOKEN) ?? []);
  const properties = new Map<string, DeclaredProperty>();
  while (tokens.peek() !== undefined) {
    const name = tokens.next().replaceAll('"', '');
    const required = !tokens.skip('?');
    tokens.expect(':');
    properties.set(name, { required, type: union(tokens) });
    tokens.expect(';');
  }
  return properties;
}

class Tokens {
  readonly #all: readonly string[];
  #index = 0;

  constructor(all: readonly string[]) {
    this.#all = all;
  }

  peek(): string | undefined {
    return this.#all[this.#index];
  }

  next(): string {
    const token = this.peek();
    if (token === undefined) throw new Error('A declaration of azure-native ends too early');
    this.#index += 1;
    return token;
  }

  skip(token: string): boolean {
    if (this.peek() !== token) return false;
    this.#index += 1;
    return true;
  }

  expect(token: string): void {
    const found = this.next();
    if (found !== token) {
      throw new Error(`A declaration of azure-native has ${found} where ${token} was expected`);
    }
  }
}

/** Undefined is left out: whether a property may be absent is said by its question mark. */
function union(tokens: Tokens): Declared {
  const options: Declared[] = [];
  do {
    if (!tokens.skip('undefined')) options.push(list(tokens));
  } while (tokens.skip('|'));
  const [only] = options;
  return options.length === 1 && only !== undefined ? only : { kind: 'union', options };
}

function list(tokens: Tokens): Declared {
  let type = single(tokens);
  while (tokens.skip('[]')) type = { kind: 'list', of: type };
  return type;
}

function single(tokens: Tokens): Declared {
  const token = tokens.next();
  if (token === 'pulumi.Input') {
    tokens.expect('<');
    const type = union(tokens);
    tokens.expect('>');
    return type;
  }
  if (token === '{') {
    tokens.expect('[key: string]');
    tokens.expect(':');
    const of = union(tokens);
    tokens.expect(';');
    tokens.expect('}');
    return { kind: 'dictionary', of };
  }
  if (token === 'any' || token === 'string' || token === 'number' || token === 'boolean') {
    return { kind: token };
  }
  if (token.startsWith('"')) return { kind: 'literal', value: token.slice(1, -1) };
  if (token.startsWith('inputs.')) return { kind: 'object', reference: token.slice(7) };
  if (token.startsWith('enums.')) return { kind: 'enum', reference: token.slice(6) };
  throw new Error(`A declaration of azure-native has the type ${token}, which nothing here reads`);
}
