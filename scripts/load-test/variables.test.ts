import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWanted } from './variables.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stt-load-test-'));
  mkdirSync(join(root, 'samples'));
  writeFileSync(join(root, 'samples/manifest.json'), '[]');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(root, name), text);

describe('the settings of make load-test', () => {
  it('are taken from the file, then the environment, then the command line', () => {
    write('.env.k6', 'MAX_VUS=3\nSTART_VUS=2\nTEST_MODE=load\nGRACEFUL_STOP=9s\n');
    const { settings } = readWanted(root, { MAX_VUS: '5', START_VUS: '4', MODE: 'soak' }, ['MODE']);
    expect(settings).toMatchObject({ mode: 'soak', maxVus: 5, startVus: 4, gracefulStop: '9s' });
  });

  it('give k6 what was set and nothing else of the environment', () => {
    const { variables } = readWanted(root, { MAX_VUS: '5', SECRET: 'x', PATH: '/bin' }, []);
    expect(variables).toEqual({ MAX_VUS: '5', AUDIO_FILES_LIST: 'samples/manifest.json' });
  });

  it('leave alone what a desktop means by LANGUAGE and MODE', () => {
    const env = { LANGUAGE: 'en_US:en', MODE: 'dark' };
    expect(readWanted(root, env, []).settings).toMatchObject({ language: 'auto', mode: 'smoke' });
    expect(() => readWanted(root, env, ['LANGUAGE'])).toThrow('LANGUAGE=en_US:en: auto or a tag');
  });

  it('name LibriSpeech where it is, else the samples', () => {
    expect(readWanted(root, {}, []).settings.audioFilesList).toBe('samples/manifest.json');
    write('samples/audio-files.json', '[]');
    expect(readWanted(root, {}, []).settings.audioFilesList).toBe('samples/audio-files.json');
  });

  it('refuse a list that is not there, and tell how to get one', () => {
    expect(() => readWanted(root, { AUDIO_FILES_LIST: 'mine.json' }, [])).toThrow(
      /AUDIO_FILES_LIST=mine\.json: there is no such file\. make generate-audio-list/,
    );
  });

  it('name every fault at once', () => {
    expect(() => readWanted(root, { MAX_VUS: 'many', ENDPOINT: '/' }, [])).toThrow(
      /ENDPOINT=\/: [^]*MAX_VUS=many: |MAX_VUS=many: [^]*ENDPOINT=\/: /,
    );
  });
});

describe('TARGET=azure', () => {
  const typed = ['TARGET'];

  it('takes address and key from env.remote', () => {
    write('env.remote', 'BASE_URL=https://stt.example.com/\nAPI_KEY=stt_remote\n');
    const { settings } = readWanted(root, { TARGET: 'azure', BASE_URL: 'http://x' }, typed);
    expect(settings).toMatchObject({
      baseUrls: ['https://stt.example.com'],
      apiKey: 'stt_remote',
    });
  });

  it('lets what was typed win', () => {
    write('env.remote', 'BASE_URL=https://stt.example.com\nAPI_KEY=stt_remote\n');
    const env = { TARGET: 'azure', BASE_URL: 'http://127.0.0.1:1' };
    expect(readWanted(root, env, ['TARGET', 'BASE_URL']).settings.baseUrls).toEqual([
      'http://127.0.0.1:1',
    ]);
  });

  it('is refused where nothing is deployed, and so is any other target', () => {
    expect(() => readWanted(root, { TARGET: 'azure' }, typed)).toThrow('names no service');
    expect(() => readWanted(root, { TARGET: 'aws' }, typed)).toThrow('TARGET=aws cannot be');
  });
});

describe('PROMETHEUS_URL', () => {
  const url = (text: string) => readWanted(root, { PROMETHEUS_URL: text }, []).prometheusUrl;

  it('may be the address of the server or of its receiver', () => {
    expect(url('http://127.0.0.1:9090')).toBe('http://127.0.0.1:9090/api/v1/write');
    expect(url('https://x.example/write?a=1')).toBe('https://x.example/write?a=1');
    expect(url('')).toBeNull();
  });

  it('is refused with a user in it, without repeating the password', () => {
    expect(() => url('http://me:word@x.example')).toThrow(
      /^(?!.*word@).*PROMETHEUS_URL=x\.example/,
    );
    expect(() => url('here')).toThrow('PROMETHEUS_URL=here');
  });
});
