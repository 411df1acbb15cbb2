/** What tests ask of a picture. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
  '&amp;': '&',
};

/** What a person can read in it. */
export function textsOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<text\b[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) =>
    text.replaceAll(/&(?:lt|gt|quot|#39|#x27|amp);/g, (entity) => ENTITIES[entity] ?? entity),
  );
}

/** Its paths that match. */
export function drawnPaths(svg: string, pattern: RegExp): readonly string[] {
  return (svg.match(/<(?:path|rect)\b[^>]*>/g) ?? []).filter((path) => pattern.test(path));
}

/** Whether every element is closed by its own end, and no bare `<` or `&` stands in a text. */
export function isWellFormed(svg: string): boolean {
  const open: string[] = [];
  const rest = svg.replaceAll(
    /<(\/?)([A-Za-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, end: string, name: string, _attributes: string, empty: string) => {
      if (end === '/') {
        if (open.pop() !== name) open.push('broken');
      } else if (empty === '') {
        open.push(name);
      }
      return '';
    },
  );
  return open.length === 0 && !/<|&(?!(?:lt|gt|quot|#39|#x27|amp);)/.test(rest);
}
