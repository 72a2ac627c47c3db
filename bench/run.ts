/**
 * Runs every subject of `bench/subjects`, one after the other, each in a process of its own, and writes what they
 * measured to `bench/results.json` (for programs) and `bench/results.md` (for people).
 *
 *     npm run bench                  everything
 *     npm run bench -- queue ssh     some of it; the results of the others stay as they were
 */
import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { goalWords, type Measure, ratioOf, short } from './measure.ts';

interface SubjectResult {
  readonly subject: string;
  /** ISO 8601. */
  readonly at: string;
  readonly seconds: number;
  /** One-minute load average before it began: above 0.5 somebody else was at work too. */
  readonly loadBefore: number;
  readonly measures: readonly Measure[];
}

const here = import.meta.dirname;
const wanted = process.argv.slice(2);
const known = (await readdir(join(here, 'subjects'))).map((file) => file.replace(/\.ts$/, '')).sort();
const strangers = wanted.filter((name) => !known.includes(name));
if (strangers.length > 0) {
  console.error(`There is no subject called ${strangers.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}

const results = new Map((await earlierResults()).map((result) => [result.subject, result]));
let failed = 0;
for (const subject of known.filter((name) => wanted.length === 0 || wanted.includes(name))) {
  console.error(`== ${subject}`);
  const loadBefore = loadavg()[0] ?? 0;
  const since = performance.now();
  const measures = await measured(subject);
  if (measures === null) {
    failed += 1;
    continue;
  }
  const seconds = Math.round((performance.now() - since) / 1000);
  results.set(subject, { subject, at: new Date().toISOString(), seconds, loadBefore, measures });
  for (const one of measures) console.error(`${one.what}: ${line(one).join(' · ')}`);
}
const kept = [...results.values()].filter(({ subject }) => known.includes(subject));
kept.sort((a, b) => a.subject.localeCompare(b.subject));
await writeFile(join(here, 'results.json'), `${JSON.stringify(kept, null, 2)}\n`);
await writeFile(join(here, 'results.md'), asText(kept));
process.exit(failed === 0 ? 0 : 1);

async function earlierResults(): Promise<readonly SubjectResult[]> {
  try {
    return JSON.parse(await readFile(join(here, 'results.json'), 'utf8')) as SubjectResult[];
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return [];
    throw error;
  }
}

/** Runs one subject and answers what it measured; null when it failed. */
async function measured(subject: string): Promise<readonly Measure[] | null> {
  const child = spawn(process.execPath, ['--expose-gc', join(here, 'subjects', `${subject}.ts`)], {
    env: { ...process.env, BENCH_JSON: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  const code = await ended;
  const answer = output.trim().split('\n').at(-1) ?? '';
  if (code !== 0 || !answer.startsWith('[')) {
    console.error(`${subject} failed with ${code}.`);
    return null;
  }
  return JSON.parse(answer) as Measure[];
}

function line(measure: Measure): string[] {
  const ratio = ratioOf(measure);
  return [
    `${short(measure.ours)} ${measure.unit}`,
    measure.peer === undefined ? '' : `${short(measure.peer.value)} ${measure.unit} ${measure.peer.name}`,
    ratio === null ? '' : `× ${short(ratio)}`,
    goalWords(measure),
    measure.note ?? '',
  ];
}

function asText(all: readonly SubjectResult[]): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`;
  const sections = all.map(({ subject, at, seconds, loadBefore, measures }) =>
    [
      `## ${subject}`,
      '',
      `${at.slice(0, 16).replace('T', ' ')} UTC, ${seconds} s, load before ${loadBefore.toFixed(2)}.`,
      '',
      '| what | Chiffon | beside it | ratio | goal | note |',
      '|---|---|---|---|---|---|',
      ...measures.map((measure) => `| ${[measure.what, ...line(measure)].map(inCell).join(' | ')} |`),
    ].join('\n'),
  );
  return `# Measured\n\nWritten by \`npm run bench\` on ${machine}. A ratio compares with the peer of the same run.\n\n${sections.join('\n\n')}\n`;
}

/** A bar would end the cell it stands in. */
function inCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
