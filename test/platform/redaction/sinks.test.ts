import { expect, test } from 'vitest';
import { surfaceWithoutSecrets } from '#chat/conversation/surface-without-secrets.ts';
import type { ChatSurface, Outgoing } from '#chat/surface-port.ts';
import type { OutputChunk } from '#flow/executor-port.ts';
import { hiddenIn } from '#flow/hidden-in.ts';
import { storeOutput } from '#flow/store-output.ts';
import { createLog } from '#platform/log.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { homelabKinds, type Sample } from './kinds.ts';

const redactor = createRedactor();
const splits = 100;

/** A text cut in two at one of a hundred places spread over it. */
function cut(text: string, split: number): readonly [string, string] {
  const at = Math.floor((text.length * split) / splits);
  return [text.slice(0, at), text.slice(at)];
}

/** What each sink shows when a text comes in two pieces. */
const sinks: Readonly<Record<string, (pieces: readonly [string, string]) => Promise<string>>> = {
  'the stored log': async (pieces) => {
    let stored = '';
    const output = storeOutput(async (chunks) => {
      stored += chunks.map(({ text }) => text).join('');
    }, redactor);
    let out = 0;
    for (const text of pieces) {
      out += Buffer.byteLength(text);
      await output.write({ stream: 'out', text, endOffset: { out, err: 0 } });
    }
    await output.end();
    return stored;
  },
  // Where text is not a stream, the cut says how much stands before it: what is found must not depend on that.
  'a chat message': async ([first, second]) => {
    let said: Outgoing | null = null;
    const surface = surfaceWithoutSecrets(
      {
        post: async (_place, message) => {
          said = message;
          return { ok: true, value: { message: 'm', complete: true } };
        },
      } as Pick<ChatSurface, 'post'> as ChatSurface,
      redactor,
    );
    const output = `${'.'.repeat(first.length)}\n${first}${second}`;
    await surface.post(
      { channel: 'c', thread: null },
      { kind: 'note', words: `${first}${second}`, output, mentions: [], loud: false },
      'k',
    );
    return text(said);
  },
  'an answer of the API, a prompt': async ([first, second]) =>
    text(
      hiddenIn(
        { a: [{ text: `${first}${second}` }], b: `${'é'.repeat(first.length)} \n${first}${second}` },
        redactor,
      ),
    ),
  'the log of Chiffon and the git trail': async ([first, second]) => {
    let lines = '';
    const log = createLog({
      level: 'info',
      pretty: true,
      redactor,
      destination: { write: (line) => (lines += line) },
    });
    log.info(
      { before: 'x'.repeat(first.length), output: `\n${first}${second}\n` },
      'a command said something',
    );
    return lines + redactor.text(`${' '.repeat(first.length)}\n${first}${second}`);
  },
};

/** Every text in a value, as it is. */
function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? Object.values(value).map(text).join('\n') : '';
}

test('there are 33 kinds of secrets, none twice', () => {
  expect(new Set(homelabKinds.map((sample) => sample.text)).size).toBe(33);
});

for (const [sink, show] of Object.entries(sinks)) {
  test.each(homelabKinds)(
    `cut at any of ${splits} places, nothing of it leaks into ${sink}: $kind`,
    async (sample: Sample) => {
      for (let split = 0; split < splits; split += 1) {
        const shown = await show(cut(sample.text, split));
        expect(shown).toContain('[secret: ');
        for (const secret of sample.secrets)
          for (const line of secret.split('\n')) expect(shown, `at ${split}`).not.toContain(line);
      }
    },
  );
}

test('a key of several lines is hidden when its lines come on two outputs, in turns', async () => {
  const stored: OutputChunk[] = [];
  const output = storeOutput(async (chunks) => {
    stored.push(...chunks);
  }, redactor);
  const lines = [
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUA',
    'QyNTUxOQAAACDabcdefghijklmnopqrs',
    'c2hvcnQ=',
  ];
  const ends = { out: 0, err: 0 };
  for (const [index, line] of lines.entries()) {
    const stream = index % 2 === 0 ? 'out' : 'err';
    ends[stream] += line.length + 1;
    await output.write({ stream, text: `${line}\n`, endOffset: { ...ends } });
  }
  await output.end();
  const shown = stored.map(({ text: piece }) => piece).join('');
  for (const line of lines.slice(1)) expect(shown).not.toContain(line);
});

test('a key of several lines is hidden when its lines are logged one by one', () => {
  let lines = '';
  const log = createLog({
    level: 'info',
    pretty: false,
    redactor,
    destination: { write: (line) => (lines += line) },
  });
  log.info({}, '-----BEGIN RSA PRIVATE KEY-----');
  log.info({ line: 'MIIEpAIBAAKCAQEAabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV' }, 'next');
  log.info({}, 'c2hvcnQ=');
  log.info({}, '-----END RSA PRIVATE KEY-----');
  log.info({}, 'afterwards');
  expect(lines).not.toContain('MIIEpA');
  expect(lines).not.toContain('c2hvcnQ=');
  expect(lines).toContain('"afterwards"');
});
