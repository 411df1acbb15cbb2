/** How every chart looks: sizes, colours, and what text of others becomes before it is drawn. */

export const WIDTH = 860;
export const PADDING = 24;
export const FONT = 'sans-serif';

export const INK = '#1f2328';
export const FAINT_INK = '#59636e';
export const GRID_LINE = '#e4e8ec';
export const AXIS_LINE = '#8c959f';
export const LIMIT_INK = '#b42318';

/** Okabe and Ito's, which differ for every kind of colour blindness; yellow is left out, as nobody sees it on white. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#aa4499', '#56b4e9', '#e69f00', '#444444'];

export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? INK;
}

const MAX_CHARACTERS = 120;

/** One line of at most 120 characters, without the control characters that XML forbids. */
export function plainText(text: string, maxCharacters = MAX_CHARACTERS): string {
  const characters = Array.from(
    text
      .toWellFormed()
      // Marks that turn the direction of what follows, and noncharacters.
      .replaceAll(/[\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/g, '')
      .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .trim(),
  );
  if (characters.length <= maxCharacters) return characters.join('');
  return `${characters.slice(0, maxCharacters - 1).join('')}…`;
}

/** About how many pixels a text takes; a little more rather than less. */
export function textWidth(text: string, fontSize: number): number {
  let em = 0;
  for (const character of text) {
    if (/[ijlt.,:;'|!()[\]]/.test(character)) em += 0.34;
    else if (/[A-Zmw%@]/.test(character)) em += 0.76;
    else em += (character.codePointAt(0) ?? 0) > 0x2e80 ? 1 : 0.58;
  }
  return Math.ceil(em * fontSize);
}

/** Broken between words into lines no wider than so many pixels. */
export function wrappedText(text: string, fontSize: number, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, fontSize) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].filter((each) => each !== '');
}

/** The text cut so that it is no wider than so many pixels. */
export function fittingText(text: string, fontSize: number, width: number): string {
  const characters = Array.from(text);
  let count = characters.length;
  const cut = () =>
    count === characters.length ? text : `${characters.slice(0, count).join('')}…`;
  while (count > 1 && textWidth(cut(), fontSize) > width) count -= 1;
  return cut();
}
