/** The door of the Azure emulator: the speech websocket, the Fast endpoint and a managed identity on one loopback port. */

export { createEmulator } from './emulator.ts';
export type { Emulator } from './emulator.ts';
export type { EmulatorOptions } from './options.ts';
export type { Counts } from './counts.ts';
export { FAULTS, InvalidRule, SERVICES } from './rules.ts';
export type { ErrorShape, Fault, FaultRule, ServiceName } from './rules.ts';
export { scriptFor, textFor } from './script.ts';
export type { ScriptPhrase, ScriptWord } from './script.ts';
export { COGNITIVE_SERVICES_AUDIENCE } from './tokens.ts';
