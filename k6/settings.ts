/** The only reader of k6's environment. */
import { readSettings } from './lib/settings.ts';

export const settings = readSettings(__ENV);
