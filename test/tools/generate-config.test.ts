import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '#platform/config/load-config.ts';
import { generatedConfigFiles } from '../../tools/generate-config.ts';
import { configOf, folderWith, loadText } from '../platform/config/in-folder.ts';

const root = path.join(import.meta.dirname, '../..');
const sample = readFileSync(path.join(root, 'config/chiffon.yaml'), 'utf8');

test.each(generatedConfigFiles())(
  '$file is what the schema says now (npm run config writes it anew)',
  ({ file, text }) => {
    expect(readFileSync(path.join(root, file), 'utf8')).toBe(text);
  },
);

test('the sample says the same as no file at all', () => {
  const folder = folderWith();
  const none = loadConfig({ environment: {}, cwd: folder });
  const shipped = loadConfig({ file: path.join(root, 'config/chiffon.yaml'), environment: {}, cwd: folder });
  expect(configOf(shipped)).toEqual(configOf(none));
});

test('every default of the sample can be uncommented and is the default', () => {
  const {
    people: _people,
    hosts: _hosts,
    ...rest
  } = configOf(loadText(uncommented(/^people:|^hosts:|^phones:/)));
  const {
    people: _owner,
    hosts: _none,
    ...defaults
  } = configOf(loadConfig({ environment: {}, cwd: rest.folder }));
  expect(rest).toEqual(defaults);
  expect(uncommented(/^people:|^hosts:|^phones:/)).toContain('\n  port: 4180\n');
});

test('the examples of people, hosts and phones work when they are uncommented', () => {
  const config = configOf(loadText(uncommented(), { files: { '.ssh/id_ed25519': 'a key' } }));
  expect(config.people).toMatchObject([{ id: 'anna', role: 'owner' }]);
  expect(config.hosts).toMatchObject([{ name: 'n100', address: '192.168.1.20', port: 22 }]);
  expect(config.phones).toMatchObject([{ name: 'anna-phone', kind: 'ntfy', topic: 'chiffon-5b0f2c9e7a' }]);
});

/** The sample with the hash taken from every line that is a setting, except in blocks that begin like this. */
function uncommented(except?: RegExp): string {
  let skipping = false;
  return sample
    .split('\n')
    .map((line) => {
      const bare = line.replace(/^(\s*)# /, '$1');
      if (line.trim() === '') skipping = false;
      if (except?.test(bare)) skipping = true;
      const setting = /^\s*(?:- )?[a-zA-Z]+:(?:\s+\S.*)?$/.test(bare) && !/^[A-Z]/.test(bare.trim());
      return setting && !skipping ? bare : line;
    })
    .join('\n');
}
