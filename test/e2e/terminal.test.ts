import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/chiffon-process.ts';

const entry = fileURLToPath(new URL('../../src/cli/chiffon.ts', import.meta.url));

test('the whole road in a terminal: ask, read the card, approve, see it done; Ctrl+D leaves nothing running', async () => {
  const directory = await temporaryDirectory();
  const child = spawn(process.execPath, [entry, 'chat', '--data', join(directory.path, 'data')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const says = async (part: string | RegExp): Promise<void> => {
    const until = Date.now() + 60_000;
    while (!(typeof part === 'string' ? out.includes(part) : part.test(out))) {
      if (Date.now() > until || child.exitCode !== null)
        throw new Error(`never said ${part}\n${out}\n${err}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const closed = once(child, 'close');
  await says('Say what you want done');
  child.stdin.write('reboot the n100\n');
  await says(/nobody|no one/i);
  child.stdin.write('restart demo-web\n');
  await says('NEEDS YOU');
  expect(out).toContain('service.sh restart');
  child.stdin.write('approve\n');
  await says('✓ DONE');
  child.stdin.end();
  const [code] = (await closed) as [number | null];
  expect(code, err).toBe(0);
  await directory.remove();
}, 120_000);
