/** Measurements as people read them. */

export const ms = (milliseconds: number): string => `${milliseconds.toFixed(1)} ms`;

export const mb = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
