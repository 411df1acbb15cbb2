/** Stands in for Azure Resource Manager: creates, changes and deletes in its store, and refuses what Azure refuses. */
import {
  Refusal,
  containerApp,
  find,
  inUse,
  missingParent,
  missingReference,
  nextFault,
  roleAssignment,
  softDeletedName,
  takenName,
} from './refusals.ts';
import type { Request } from './refusals.ts';
import { pathInputs, resourceType } from './resource-types.ts';
import type { Fault, Store, StoredResource } from './store.ts';
import { at, textAt } from './values.ts';
import type { Properties } from './values.ts';

export class Azure {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What ARM would call the resource. Throws `Refusal` where an input for it is missing. */
  idOf(type: string, inputs: Properties): string {
    const { subscriptionId } = this.#store.read().client;
    return resourceType(type).path.replaceAll(/\/?\{(\w+)\}/g, (part, name: string) => {
      const value = name === 'subscriptionId' ? subscriptionId : textAt(inputs, name);
      if (value === '') throw new Refusal('InvalidRequestContent', `'${name}' is missing.`);
      return `${part.startsWith('/') ? '/' : ''}${value.replaceAll(/^\/|\/$/g, '')}`;
    });
  }

  /** Throws `Refusal`; where it was accepted, the resource is there all the same. */
  create(type: string, inputs: Properties): StoredResource {
    const id = this.idOf(type, inputs);
    // The provider asks first: a PUT would quietly take over what is there.
    if (find(this.#store.read(), id) !== undefined) {
      throw new Refusal('AlreadyExists', `cannot create already existing resource '${id}'`);
    }
    return this.#put('create', id, type, inputs);
  }

  /** Throws `Refusal`. */
  update(id: string, type: string, inputs: Properties): StoredResource {
    const there = find(this.#store.read(), id);
    if (there === undefined) throw new Refusal('ResourceNotFound', `'${id}' was not found.`);
    for (const path of this.#fixed(type)) {
      if (!Bun.deepEquals(at(there.inputs, path), at(inputs, path))) {
        throw new Refusal('PropertyChangeNotAllowed', `'${path}' of '${id}' cannot be changed.`);
      }
    }
    return this.#put('update', id, type, inputs);
  }

  /** A resource that is gone already is no fault. Throws `Refusal`. */
  delete(id: string, type: string): void {
    this.#fail('delete', type);
    const world = this.#store.read();
    const there = find(world, id);
    if (there === undefined) return;
    inUse(id, world);
    const resources = { ...world.resources };
    const under = `${id.toLowerCase()}/`;
    for (const key of Object.keys(resources)) {
      if (key === id.toLowerCase() || key.startsWith(under)) delete resources[key];
    }
    const gone = Object.values(world.resources).filter(
      (each) => !(each.id.toLowerCase() in resources) && each.type.endsWith(':Account'),
    );
    const names = gone.map(({ inputs }) => textAt(inputs, 'accountName'));
    this.#store.change({ resources, softDeleted: [...world.softDeleted, ...names] });
  }

  read(id: string): StoredResource | undefined {
    return find(this.#store.read(), id);
  }

  /** Inputs whose change makes a new resource, as dotted paths. */
  replacing(type: string, before: Properties, after: Properties): readonly string[] {
    return [...pathInputs(resourceType(type)), ...this.#fixed(type)].filter(
      (path) => !Bun.deepEquals(at(before, path), at(after, path)),
    );
  }

  #fixed(type: string): readonly string[] {
    return ['location', ...resourceType(type).fixed];
  }

  #put(call: 'create' | 'update', id: string, type: string, given: Properties): StoredResource {
    const world = this.#store.read();
    const { required, computed } = resourceType(type);
    const inputs = inheritLocation(given, find(world, groupOf(id)));
    const absent = required.find((path) => at(inputs, path) === undefined);
    if (absent !== undefined) {
      throw new Refusal('InvalidRequestContent', `'${absent}' of '${id}' is missing.`);
    }
    const fault = this.#takeFault(call, type);
    if (fault !== undefined && fault.accepted !== true) {
      throw new Refusal(fault.code, `${call} of '${id}' was refused.`);
    }
    const request: Request = { id, type, inputs, world };
    for (const rule of [
      missingParent,
      missingReference,
      takenName,
      softDeletedName,
      roleAssignment,
    ]) {
      rule(request);
    }
    let late: Refusal | null = null;
    try {
      containerApp(request);
      if (fault !== undefined) {
        throw new Refusal(fault.code, `${call} of '${id}' did not finish.`, true);
      }
    } catch (error) {
      if (!(error instanceof Refusal) || !error.accepted) throw error;
      late = error;
    }
    const before = find(world, id);
    const name = id.slice(id.lastIndexOf('/') + 1);
    const made = computed(
      inputs,
      before?.outputs ?? {},
      name,
      (other) => find(world, other)?.outputs ?? {},
    );
    const resource: StoredResource = {
      id,
      type,
      inputs,
      outputs: { ...inputs, name, ...made },
      created: before?.created ?? world.clock,
      healthy: late === null,
    };
    this.#store.change({ resources: { ...world.resources, [id.toLowerCase()]: resource } });
    if (late !== null) throw late;
    return resource;
  }

  #fail(call: Fault['call'], type: string): void {
    const fault = this.#takeFault(call, type);
    if (fault !== undefined) throw new Refusal(fault.code, `${call} was refused.`);
  }

  #takeFault(call: Fault['call'], type: string): Fault | undefined {
    const { faults } = this.#store.read();
    const { fault, rest } = nextFault(faults, call, type);
    if (rest !== faults) this.#store.change({ faults: rest });
    return fault;
  }
}

function groupOf(id: string): string {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(id)?.[0] ?? '';
}

/** Most types lie where their resource group does when nothing else is said. */
function inheritLocation(inputs: Properties, group: StoredResource | undefined): Properties {
  const location = group?.inputs['location'];
  return 'location' in inputs || location === undefined ? inputs : { location, ...inputs };
}
