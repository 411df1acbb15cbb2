/** The pictures of one run, as SVG. */
import { drawLines } from '../charts/line-chart.ts';
import type { Line } from '../charts/line-chart-input.ts';
import type { Result, Sample } from './result.ts';

/** Rates over fewer samples than this would show single answers. */
const RATE_WINDOW = 5;

export interface Picture {
  readonly title: string;
  readonly svg: string;
}

export function picturesOf({ samples }: Result): readonly Picture[] {
  const x = { name: 'since the start', quantity: 'seconds' } as const;
  const draw = (title: string, note: string, lines: readonly Line[], left: Axis, right?: Axis) => ({
    title,
    svg: drawLines({ title, note, x, left, ...(right && { right }), lines }),
  });
  const load = (name: string, of: (load: Load) => number, more: Partial<Line> = {}): Line => ({
    name,
    points: samples.map(({ second, load: value }) => [second, value && of(value)]),
    ...more,
  });
  const service = (name: string, of: (service: Service) => number): Line =>
    serviceLine(name, samples, of);
  const rate = (name: string, of: (load: Load) => number): Line => ({
    name,
    points: ratesOf(samples, of),
  });
  const pictures: Picture[] = [
    draw(
      'Requests and users',
      'Answered, turned away (429, 503) and failed a second, and users at work.',
      [
        rate('answered', ({ answered }) => answered),
        rate('turned away', ({ rejected }) => rejected),
        rate('failed', ({ failed }) => failed),
        load('users', ({ vus }) => vus, { axis: 'right', style: 'dashed' }),
      ],
      { name: 'a second', quantity: 'perSecond' },
      { name: 'users', quantity: 'count' },
    ),
  ];
  if (samples.every((sample) => sample.service === null)) return pictures;
  return [
    ...pictures,
    draw(
      'Memory',
      'Resident bytes of the server process and of all its workers, from the status page.',
      [
        service('server', ({ parentBytes }) => parentBytes),
        service('workers', ({ workersBytes }) => workersBytes),
      ],
      { name: 'memory', quantity: 'bytes' },
    ),
    draw(
      'Queue and workers',
      'Tasks waiting, and workers that have one.',
      [
        service('waiting', ({ queueDepth }) => queueDepth),
        service('busy workers', ({ busy }) => busy),
        service('workers', ({ workers }) => workers),
      ],
      { name: 'count', quantity: 'count' },
    ),
  ];
}

type Load = NonNullable<Sample['load']>;
type Service = NonNullable<Sample['service']>;
type Axis = Parameters<typeof drawLines>[0]['left'];

/** What the status page said over time; a gap where it could not be read. */
export function serviceLine(
  name: string,
  samples: readonly Sample[],
  of: (service: Service) => number,
): Line {
  return { name, points: samples.map(({ second, service }) => [second, service && of(service)]) };
}

/** Of what is counted since the start: how many a second over the last few samples. */
export function ratesOf(
  samples: readonly Sample[],
  of: (load: Load) => number,
): (readonly [number, number | null])[] {
  const known = samples.flatMap(({ second, load }) =>
    load === null ? [] : [{ second, count: of(load) }],
  );
  return known.slice(1).map(({ second, count }, index) => {
    const before = known[Math.max(0, index + 1 - RATE_WINDOW)];
    const seconds = second - (before?.second ?? 0);
    return [second, seconds > 0 ? (count - (before?.count ?? 0)) / seconds : null];
  });
}
