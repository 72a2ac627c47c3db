import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { hasPseudoTerminal, keys, openTerminal } from '../support/pseudo-terminal.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';

const entry = fileURLToPath(new URL('../../src/cli/chiffon.ts', import.meta.url));

describe.skipIf(!hasPseudoTerminal)('a talk in a real terminal with the Chiffon that runs', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let chiffon: ChiffonProcess;
  let rest: RestClient;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    chiffon = await startChiffonProcess({ directory: join(directory.path, 'data') });
    rest = createRestClient(chiffon.url, chiffon.token);
  }, 120_000);
  afterAll(async () => {
    await chiffon?.stop();
    await directory?.remove();
  }, 60_000);

  function chat() {
    const terminal = openTerminal([process.execPath, entry, 'chat', '--data', chiffon.directory], {
      CHIFFON_TOKEN: chiffon.token,
    });
    return { ...terminal, say: (words: string) => terminal.type(`${words}${keys.enter}`) };
  }

  test('ask, read the card, approve, see it done; Ctrl+D leaves and Chiffon runs on', async () => {
    const person = chat();
    await person.says('Say what you want done');
    await person.says('> ');
    person.say('restart demo-web');
    await person.says('NEEDS YOU');
    await person.says('service.sh restart');
    await person.says('approve · changes <what> · reject');
    person.say('yes but not today');
    await person.says('nothing was decided');
    person.say('approve');
    await person.says(/· 1 .*: Running|· 1 .*: Done/u);
    await person.says('✓ DONE');
    expect(person.text()).not.toContain('started here');
    await person.says('> ');
    person.type(keys.ctrlD);
    expect(await person.ended).toBe(0);
    expect((await fetch(new URL('/healthz', chiffon.url))).status).toBe(200);
    const number = /P-\d+/u.exec(person.text())?.[0] ?? '';
    expect((await rest.plan(number)).approvals).toMatchObject([{ decision: 'approve', surface: 'terminal' }]);
  }, 120_000);

  test('what deletes something wants the code on its card: a yes alone and a wrong code do nothing', async () => {
    const person = chat();
    await person.says('> ');
    person.say('remove demo-web');
    await person.says('NEEDS YOU');
    const code = (await person.says(/type the code \S+?\./u)).replace(/^.* |\.$/gu, '');
    person.say('approve');
    await person.says(/code/u);
    await person.says('NEEDS YOU');
    person.say('approve WRONG1');
    await person.says('NEEDS YOU');
    person.say(code.toLowerCase());
    await person.says('✓ DONE', 90);
    person.type(keys.ctrlD);
    expect(await person.ended).toBe(0);
  }, 150_000);

  test('Ctrl+C at the prompt leaves; while a run is watched it only looks away, and “stop” stops the run', async () => {
    const person = chat();
    await person.says('> ');
    // Fetches packages, which takes a while; without a network npm tries for a while, too. It is never let finish.
    person.say('deploy kuma');
    await person.says('NEEDS YOU');
    person.say('approve');
    await person.says(/: Running/u);
    person.type(keys.ctrlC);
    await person.says('“stop” stops it');
    await person.says('> ');
    person.say('stop');
    await person.says(/□ STOPPED/u, 90);
    await person.says('> ');
    person.type(keys.ctrlC);
    expect(await person.ended).toBe(0);
  }, 180_000);

  test('what was decided elsewhere meanwhile is told, and the talk goes on', async () => {
    const person = chat();
    await person.says('> ');
    person.say('status of the sandbox');
    await person.says('> ');
    person.say('deploy kuma');
    await person.says('NEEDS YOU');
    const number = Number(/P-(\d+)/u.exec(person.text().slice(person.text().lastIndexOf('NEEDS YOU')))?.[1]);
    const plan = await rest.plan(`P-${number}`);
    expect((await rest.decide(plan, 'reject', { comment: 'not today' })).status).toBe(200);
    person.say('approve');
    await person.says('□ REJECTED');
    await person.says('> ');
    person.type(keys.ctrlD);
    expect(await person.ended).toBe(0);
  }, 120_000);

  test('a wrong token is a sentence and exit 1', async () => {
    const person = openTerminal([process.execPath, entry, 'chat', '--data', chiffon.directory], {
      CHIFFON_TOKEN: 'not-the-token',
    });
    await person.says('does not know this token');
    expect(await person.ended).toBe(1);
    expect(person.text()).not.toMatch(/^\s+at /mu);
  }, 60_000);
});

test.skipIf(!hasPseudoTerminal)(
  'the address a killed Chiffon left behind is not trusted with the token',
  async () => {
    const directory = await temporaryDirectory();
    const data = join(directory.path, 'data');
    const killed = await startChiffonProcess({ directory: data });
    await killed.kill();
    // Somebody else answers at an address that looks like Chiffon's.
    const heard: string[] = [];
    const { createServer } = await import('node:http');
    const other = createServer((request, response) => {
      heard.push(request.headers.authorization ?? '');
      response.end('{"ok":true}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await writeFile(join(data, 'address'), `http://127.0.0.1:${port}\n`);
    const person = openTerminal([process.execPath, entry, 'chat', '--data', data]);
    await person.says('started here until you leave');
    await person.says('> ');
    person.type(keys.ctrlC);
    expect(await person.ended).toBe(0);
    expect(heard.join('')).not.toContain('Bearer');
    expect(await readFile(join(data, 'address'), 'utf8').catch(() => 'gone')).toBe('gone');
    other.close();
    await directory.remove();
  },
  150_000,
);
