/** The door of this folder: an uploaded file in, 16 kHz mono out. */

export type { AudioLimits, OpenedAudio } from './open-audio.ts';
export { openAudio } from './open-audio.ts';
export { OUTPUT_SAMPLE_RATE } from './limits.ts';
