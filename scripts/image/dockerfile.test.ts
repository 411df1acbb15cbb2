import { describe, expect, it } from 'vitest';
import { expand, parseDockerfile } from './dockerfile.ts';
import { parseIgnoreFile } from './ignore-file.ts';

describe('a Dockerfile', () => {
  it('is read as its instructions, comments and continued lines aside', () => {
    const text = [
      '# a comment',
      'ARG BASE=example.org/base:1-slim',
      'FROM ${BASE} AS build',
      'COPY a.json b.lock ./',
      'RUN X=1 make \\',
      '    # in between',
      '    && make install',
      'FROM ${BASE}',
      'COPY --from=build /app/x x',
      'LABEL a.b="two words" c=${BASE}',
      'HEALTHCHECK --interval=10s --retries=3 CMD ["true", "x"]',
      'ENTRYPOINT []',
    ].join('\n');
    expect(parseDockerfile(text)).toEqual([
      { kind: 'ARG', name: 'BASE', value: 'example.org/base:1-slim' },
      { kind: 'FROM', image: '${BASE}', name: 'build' },
      { kind: 'COPY', from: null, sources: ['a.json', 'b.lock'], target: './' },
      { kind: 'RUN', command: 'X=1 make && make install' },
      { kind: 'FROM', image: '${BASE}', name: null },
      { kind: 'COPY', from: 'build', sources: ['/app/x'], target: 'x' },
      {
        kind: 'LABEL',
        pairs: [
          ['a.b', 'two words'],
          ['c', '${BASE}'],
        ],
      },
      { kind: 'HEALTHCHECK', command: ['true', 'x'] },
      { kind: 'ENTRYPOINT', command: [] },
    ]);
  });

  it.each([
    'ADD a b',
    'RUN --mount=type=cache,target=/x make',
    'RUN ["make"]',
    'COPY --chmod=755 a b',
    'COPY *.json ./',
    'COPY a',
    'USER bun',
    'CMD bun main.ts',
    'ENV A 1',
    'WORKDIR app',
    'EXPOSE http',
    'VOLUME /x',
    'from x',
  ])('is refused with the number of a line that nobody performs: %s', (line) => {
    expect(() => parseDockerfile(`# first\n\n${line}\n`)).toThrow(`line 3: "${line}"`);
  });

  it('may not end in the middle of a line', () => {
    expect(() => parseDockerfile('RUN make \\\n')).toThrow('continued line');
  });

  it('gives its variables their values, or says which has none', () => {
    expect(
      expand(
        '${A}/x:${B}',
        new Map([
          ['A', 'a'],
          ['B', ''],
        ]),
      ),
    ).toBe('a/x:');
    expect(() => expand('${C}', new Map())).toThrow('nothing gives ${C} a value');
  });
});

describe('an ignore file', () => {
  const isIgnored = parseIgnoreFile(
    '# all\n*\n!src\n!LICENSE\n**/*.test.ts\n**/.*\n**/fixtures\n!src/fixtures/kept.ts\n',
  );

  it.each([
    ['LICENSE', false],
    ['README.md', true],
    ['other/LICENSE', true],
    ['src/a/b.ts', false],
    ['src/a/b.test.ts', true],
    ['src/.env', true],
    ['src/.hidden/a.ts', true],
    ['src/fixtures/a.ts', true],
    ['src/a/fixtures/b/c.ts', true],
    ['src/fixtures/kept.ts', false],
    ['srcs/a.ts', true],
  ])('has the last word of its patterns for %s: %s', (path, ignored) => {
    expect(isIgnored(path)).toBe(ignored);
  });

  it('refuses a pattern that it does not read', () => {
    expect(() => parseIgnoreFile('a?c')).toThrow('"a?c"');
  });
});
