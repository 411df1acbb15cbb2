import { expect, it } from 'vitest';

it('the tests run under Bun', () => {
  expect(typeof Bun).toBe('object');
  expect(process.versions['bun']).toBeDefined();
});
