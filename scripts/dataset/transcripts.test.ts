import { describe, expect, it } from 'vitest';
import { readTranscripts } from './transcripts.ts';

describe('a file of transcripts', () => {
  it('gives a text as it is published to each id', () => {
    const texts = readTranscripts(
      '61-70968.trans.txt',
      "61-70968-0000 HE BEGAN A CONFUSED COMPLAINT\n61-70968-0001 GIVE NOT SO EARNEST A MIND TO THESE MUMMERIES CHILD IT'S\r\n\n",
    );
    expect([...texts]).toEqual([
      ['61-70968-0000', 'HE BEGAN A CONFUSED COMPLAINT'],
      ['61-70968-0001', "GIVE NOT SO EARNEST A MIND TO THESE MUMMERIES CHILD IT'S"],
    ]);
  });

  it.each(['61-70968-0000', '61-70968-0000 ', '../../x HE BEGAN', 'HE BEGAN'])(
    'is refused with the line %j, which is shown',
    (line) => {
      expect(() => readTranscripts('a.trans.txt', `61-70968-0009 FINE\n${line}\n`)).toThrow(
        `Line 2 of a.trans.txt cannot be: ${JSON.stringify(line)}`,
      );
    },
  );
});
