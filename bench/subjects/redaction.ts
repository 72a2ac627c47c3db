/**
 * How fast clean text passes the redaction, beside secretlint's recommended preset on the same text: both look for what looks like a
 * secret, ours also for fifty values in every form they may be written in.
 */

import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { logLines } from '../../test/support/log-lines.ts';
import { type Measure, report } from '../measure.ts';

const mebibyte = 2 ** 20;
const rounds = 30;

const text = megabyteOf(logLines(40_000, 7).join('\n'));
const ascii = megabyteOf(
  logLines(40_000, 7)
    .join('\n')
    .replaceAll(/[^\n -~]/g, '?'),
);
const redactor = createRedactor();
for (let i = 0; i < 50; i += 1)
  redactor.register(`secret ${i}`, `value-of-${i}-${'q'.repeat(20)}-${i * 7919}`);

function megabyteOf(lines: string): string {
  return lines.repeat(Math.ceil(mebibyte / lines.length)).slice(0, mebibyte);
}

/** In pieces of the size that SSH brings. */
function streamed(whole: string): number {
  const stream = redactor.stream();
  let length = 0;
  for (let at = 0; at < whole.length; at += 32 * 1024)
    length += stream.push(whole.slice(at, at + 32 * 1024)).length;
  return length + stream.flush().length;
}

async function bySecretlint(whole: string): Promise<number> {
  const found = await lintSource({
    source: { content: whole, filePath: 'log', contentType: 'text' },
    options: { config: { rules: [{ id: 'preset', rule: creator as never }] } },
  });
  return found.messages.length;
}

const contenders: readonly { readonly name: string; readonly run: () => number | Promise<number> }[] = [
  { name: 'stream', run: () => streamed(ascii) },
  { name: 'stream, with some characters outside ASCII', run: () => streamed(text) },
  { name: 'whole', run: () => redactor.text(ascii).length },
  { name: 'secretlint', run: () => bySecretlint(ascii) },
];
const best = new Map<string, number>();
for (let round = 0; round < rounds; round += 1) {
  for (const { name, run } of contenders) {
    const since = performance.now();
    await run();
    best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, performance.now() - since));
  }
}
const took = (name: string): number => best.get(name) ?? Number.NaN;
const perSecond = (name: string): number => 1_000 / took(name);
const rows: Measure[] = [
  ...['stream', 'stream, with some characters outside ASCII'].map((name) => ({
    what: `clean log, ${name}`,
    unit: 'MiB/s',
    ours: perSecond(name),
    peer: { name: "secretlint's preset alone", value: perSecond('secretlint') },
  })),
  {
    what: 'a megabyte of clean log',
    unit: 'ms',
    ours: took('whole'),
    peer: { name: "secretlint's preset alone", value: took('secretlint') },
    goal: { words: 'at most 100 ms', met: took('whole') <= 100 },
  },
];
report(rows);
