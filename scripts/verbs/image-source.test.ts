import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryImage } from './image-source.ts';
import { Refusal } from './refusal.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stt-state-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the image of a repository', () => {
  it('has a tag that its files decide, and is staged as it was tagged', () => {
    mkdirSync(join(directory, 'service'));
    writeFileSync(join(directory, '.dockerignore'), '');
    writeFileSync(join(directory, 'service/Dockerfile'), 'FROM scratch\nCOPY app.ts /app.ts\n');
    const image = repositoryImage(directory, 'deploy-azure');
    expect(() => image.tag()).toThrow(/app\.ts[^]*Mend it, then type: make deploy-azure/);
    expect(() => image.tag()).toThrow(Refusal);
    writeFileSync(join(directory, 'app.ts'), '1');
    const tag = image.tag();
    expect(image.stage(join(directory, 'staged'))).toBe(tag);
    expect(existsSync(join(directory, 'staged/service/Dockerfile'))).toBe(true);
    writeFileSync(join(directory, 'app.ts'), '2');
    expect(image.tag()).not.toBe(tag);
  });
});
