/** Values as people read them, by Grafana's ids of units. */

const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function format(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '–';
  switch (unit) {
    case 'percentunit':
      return `${digits(value * 100)} %`;
    case 'binBps':
      return `${format(value, 'bytes')}/s`;
    case 'bytes': {
      const power = Math.min(
        BYTES.length - 1,
        Math.max(0, Math.floor(Math.log2(Math.abs(value) || 1) / 10)),
      );
      return `${digits(value / 1024 ** power)} ${BYTES[power]}`;
    }
    case 's':
      return Math.abs(value) < 1 ? `${digits(value * 1000)} ms` : `${digits(value)} s`;
    case 'reqps':
      return `${digits(value)} req/s`;
    default:
      return digits(value);
  }
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
