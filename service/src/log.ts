/** Structured JSON logs: one line an event, with the request id; never audio, file names, text or tokens. */
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { SERVICE_NAME } from './contract.ts';

export type Log = Logger;

/** `level` is a pino level; lines go to standard output unless a destination is given. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: { service: SERVICE_NAME, pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
