/** Finds interfaces and enums in azure-native's package, at the very API version that the program sends. */
import { parseProperties } from './declared-type.ts';
import type { DeclaredProperties } from './declared-type.ts';
import { isRecord } from './fault.ts';
import { loadInstalled, readInstalled } from './installed.ts';

const PACKAGE = '@pulumi/azure-native';

/** Values that azure-native's enum should have, where what it exports is of another type of the same name, or too few. */
export const MENDED_ENUMS: Readonly<Record<string, { values: readonly string[]; reason: string }>> =
  {
    'monitor.ConditionOperator': {
      values: [
        'Equals',
        'GreaterThan',
        'GreaterThanOrEqual',
        'LessThan',
        'LessThanOrEqual',
        'GreaterOrLessThan',
      ],
      reason:
        'exported are the operators of pipeline groups; these are of Microsoft.Insights/scheduledQueryRules 2025-01-01-preview',
    },
    'monitor.KnownDataFlowStreams': {
      values: [
        'Microsoft-Event',
        'Microsoft-InsightsMetrics',
        'Microsoft-Perf',
        'Microsoft-PrometheusMetrics',
        'Microsoft-Syslog',
        'Microsoft-WindowsEvent',
      ],
      reason:
        "an open list that the published schema of 2022-06-01 leaves short: its sources have Microsoft-PrometheusMetrics (KnownPrometheusForwarderDataSourceStreams), and so do the flows of Microsoft's templates for managed Prometheus",
    },
  };

const properties = new Map<string, DeclaredProperties>();
const namespaces = new Map<string, string>();
let inputs: string | undefined;

/** Properties of the arguments of a resource such as app:ContainerApp. */
export function argsOf(resource: string): DeclaredProperties {
  const [module = '', name = ''] = resource.split(':');
  return remembered(resource, () => {
    const file = `${module}/${name.charAt(0).toLowerCase()}${name.slice(1)}.d.ts`;
    return between(readInstalled(PACKAGE, file), `export interface ${name}Args {\n`, '\n}\n');
  });
}

/** Properties of a nested interface such as app.IngressArgs. */
export function propertiesOf(reference: string): DeclaredProperties {
  const [module = '', name = ''] = reference.split('.');
  return remembered(reference, () =>
    between(namespaceOf(module), `\n    interface ${name} {\n`, '\n    }\n'),
  );
}

/** Values of an enum such as app.StorageType. */
export function valuesOf(reference: string): readonly unknown[] {
  const mended = MENDED_ENUMS[reference];
  if (mended !== undefined) return mended.values;
  return exportedValuesOf(reference);
}

export function exportedValuesOf(reference: string): readonly unknown[] {
  const [module = '', name = ''] = reference.split('.');
  const found = loadInstalled(PACKAGE, `types/enums/${module}/index.js`)[name];
  if (!isRecord(found)) throw new Error(`${PACKAGE} exports no enum ${reference}`);
  return Object.values(found);
}

function remembered(key: string, text: () => string): DeclaredProperties {
  const known = properties.get(key) ?? parseProperties(text());
  properties.set(key, known);
  return known;
}

/** The file is large and read once; of it only the few modules are kept that the program uses. */
function namespaceOf(module: string): string {
  inputs ??= readInstalled(PACKAGE, 'types/input.d.ts');
  const text =
    namespaces.get(module) ?? between(inputs, `\nexport declare namespace ${module} {`, '\n}\n');
  namespaces.set(module, text);
  return text;
}

function between(text: string, start: string, end: string): string {
  const from = text.indexOf(start);
  const to = text.indexOf(end, from + start.length - 1);
  if (from === -1 || to === -1) throw new Error(`${PACKAGE} declares no ${start.trim()}`);
  return text.slice(from + start.length, to + 1);
}
