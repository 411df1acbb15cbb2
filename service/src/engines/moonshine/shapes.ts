/** Dimensions of the published models. */

import type { MoonshineSize } from './model-files.ts';

export interface MoonshineShape {
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
}

export const SHAPES: Record<MoonshineSize, MoonshineShape> = {
  base: { layers: 8, heads: 8, headSize: 52 },
  tiny: { layers: 6, heads: 8, headSize: 36 },
};
