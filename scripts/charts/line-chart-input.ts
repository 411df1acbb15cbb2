/** What a picture of lines is made of. */
import type { Quantity } from './quantity.ts';

export interface Line {
  readonly name: string;
  /** In the order of x; a null y is a gap. More than 600 are thinned. */
  readonly points: readonly (readonly [x: number, y: number | null])[];
  /** Left where nothing is said. */
  readonly axis?: 'left' | 'right';
  readonly style?: 'solid' | 'dashed' | 'area';
}

export interface ValueAxis {
  readonly name: string;
  readonly quantity: Quantity;
  /** The axis ends at the tick at or above it, and what is higher is cut off. */
  readonly max?: number;
}

export interface LineChart {
  readonly title: string;
  readonly note?: string;
  readonly x: { readonly name: string; readonly quantity: Quantity };
  readonly left: ValueAxis;
  readonly right?: ValueAxis;
  readonly lines: readonly Line[];
  /** Moments, as upright lines. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  /** Values of the left axis, as level lines. */
  readonly limits?: readonly { readonly y: number; readonly label: string }[];
}
