import { serve } from '../../../src/pool/child.ts';

serve<undefined, { value: number }, number>({ run: ({ value }) => value });
