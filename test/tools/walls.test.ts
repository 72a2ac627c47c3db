import { spawnSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');

/** A line of code in a file, and the words of the wall it runs into; null where there is none. */
const attempts: readonly { readonly file: string; readonly code: string; readonly wall: RegExp | null }[] = [
  // A platform's library stays in its folder, and what is said where knows no platform.
  {
    file: 'src/chat/conversation/say.ts',
    code: "import { Client } from 'discord.js';",
    wall: /chat\/conversation knows no platform/,
  },
  {
    file: 'src/chat/conversation/draw.ts',
    code: "import { drawCard } from '#chat/discord/draw-card.ts';",
    wall: /chat\/conversation knows no platform/,
  },
  {
    file: 'src/chat/matrix/copy.ts',
    code: "import { drawCard } from '#chat/discord/draw-card.ts';",
    wall: /no other adapter/,
  },
  {
    file: 'src/chat/discord/room.ts',
    code: "import { MatrixClient } from 'matrix-bot-sdk';",
    wall: /no other adapter/,
  },
  { file: 'src/chat/discord/gate.ts', code: "import 'discord.js';", wall: null },
  { file: 'src/chat/matrix/sync.ts', code: "import 'matrix-bot-sdk';", wall: null },
  { file: 'src/chat/matrix/keys.ts', code: "import 'fake-indexeddb';", wall: null },
  {
    file: 'src/notify/ask.ts',
    code: "import { createPostgresLedger } from '#ledger/postgres-ledger.ts';",
    wall: /notify imports core/,
  },
  // The language and the rules are pure.
  { file: 'src/core/plan.ts', code: "import 'ssh2';", wall: /core is the language/ },
  { file: 'src/core/time.ts', code: "import { readFileSync } from 'node:fs';", wall: /core is the language/ },
  {
    file: 'src/core/hash.ts',
    code: "import { createHash } from 'node:crypto';",
    wall: /core is the language/,
  },
  {
    file: 'src/core/judge.ts',
    code: "import type { Deed } from '#policy/deed.ts';",
    wall: /core is the language/,
  },
  { file: 'src/core/now.ts', code: 'export const at = Date.now();', wall: /nothing in here reads a clock/ },
  { file: 'src/core/today.ts', code: 'export const at = new Date();', wall: /nothing in here reads a clock/ },
  {
    file: 'src/core/dice.ts',
    code: 'export const eyes = Math.random();',
    wall: /nothing in here rolls dice/,
  },
  {
    file: 'src/policy/shell/env.ts',
    code: "export const home = process.env['HOME'];",
    wall: /No I\/O in here/,
  },
  { file: 'src/policy/ask.ts', code: "export const answer = fetch('http://a');", wall: /No I\/O in here/ },
  {
    file: 'src/policy/shell/second-reading/load-second-reading.ts',
    code: "import { readFileSync } from 'node:fs'; import { Parser } from 'web-tree-sitter'; export const a = [readFileSync, Parser];",
    wall: null,
  },
  {
    file: 'src/policy/shell/second-reading/outline-of.ts',
    code: "import { parse } from 'unbash';",
    wall: /nothing of the first parser/,
  },
  { file: 'src/policy/shell/walk.ts', code: "import 'web-tree-sitter';", wall: /policy is pure/ },
  { file: 'src/flow/parse.ts', code: "import 'web-tree-sitter';", wall: /.+/ },
  {
    file: 'src/policy/read.ts',
    code: "import { readFile } from 'node:fs/promises';",
    wall: /policy is pure/,
  },
  { file: 'src/policy/later.ts', code: "export const fs = await import('node:fs');", wall: /policy is pure/ },
  {
    file: 'src/flow/run.ts',
    code: "import { openRun } from '#ledger/runs.ts';",
    wall: /flow knows core, policy/,
  },
  { file: 'src/flow/tell.ts', code: "import { request } from 'node:http';", wall: /flow knows core, policy/ },
  {
    file: 'src/platform/log.ts',
    code: "import type { Run } from '#flow/run.ts';",
    wall: /platform is plumbing/,
  },
  {
    file: 'src/chat/cards/draw.ts',
    code: "import { readFileSync } from 'node:fs';",
    wall: /chat\/cards is pure/,
  },
  // Each package has one room.
  {
    file: 'src/api/rows.ts',
    code: "import { PrismaPg } from '@prisma/adapter-pg';",
    wall: /api imports core/,
  },
  { file: 'src/queue/rows.ts', code: "import pg from 'pg';", wall: /postgres-backend\.ts only/ },
  {
    file: 'src/executors/file/copy.ts',
    code: "import { Client } from 'ssh2';",
    wall: /ssh2 belongs to executors\/ssh/,
  },
  { file: 'src/personas/work.ts', code: "import { Worker } from 'bullmq';", wall: /personas import core/ },
  { file: 'src/chat/web/page.ts', code: "import fastify from 'fastify';", wall: /chat imports core/ },
  { file: 'src/cli/start.ts', code: "import { Redis } from 'ioredis';", wall: /one room/ },
  { file: 'src/main.ts', code: "import { Client } from 'ssh2';", wall: /one room/ },
  { file: 'src/somewhere/new.ts', code: "import { render } from 'preact';", wall: /one room/ },
  {
    file: 'src/flow/new.ts',
    code: "import { lintSource } from '@secretlint/core';",
    wall: /flow knows core/,
  },
  {
    file: 'src/platform/redaction/new.ts',
    code: "import { rules } from '@secretlint/secretlint-rule-preset-recommend';",
    wall: /platform is plumbing/,
  },
  // No adapter knows another.
  {
    file: 'src/ledger/notify.ts',
    code: "import { queue } from '#queue/queue.ts';",
    wall: /ledger imports core/,
  },
  {
    file: 'src/executors/ssh/run.ts',
    code: "import { compose } from '#planning/compose.ts';",
    wall: /executors import core/,
  },
  {
    file: 'src/api/talk.ts',
    code: "import { client } from '#chat/discord/client.ts';",
    wall: /api imports core/,
  },
  {
    file: 'src/api/routes/rows.ts',
    code: "import { rows } from '../../ledger/rows.ts';",
    wall: /never by climbing out/,
  },
  {
    file: 'src/api/contract/plans.ts',
    code: "import { guard } from '../guard.ts';\nimport '#flow/run.ts';",
    wall: /The contract is shared/,
  },
  {
    file: 'src/console/app.ts',
    code: "import { judge } from '#policy/judge.ts';",
    wall: /console runs in the browser/,
  },
  {
    file: 'src/console/file.ts',
    code: "import { readFileSync } from 'node:fs';",
    wall: /console runs in the browser/,
  },
  // Arrows have one direction.
  {
    file: 'src/queue/one.ts',
    code: "import { two } from './two.ts';\nexport const one = () => two;",
    wall: /cycle/i,
  },
  {
    file: 'src/queue/two.ts',
    code: "import { one } from './one.ts';\nexport const two = () => one;",
    wall: /cycle/i,
  },
  // Plain good manners.
  { file: 'src/queue/shout.ts', code: "console.log('here');", wall: /console/ },
  {
    file: 'src/queue/loose.ts',
    code: 'export const same = (a: unknown, b: unknown) => a == b;',
    wall: /===/,
  },
  { file: 'src/queue/any.ts', code: 'export const worth = (a: any) => a;', wall: /any/ },
  {
    file: 'src/queue/forgotten.ts',
    code: 'export function go(): void { Promise.resolve(1); }',
    wall: /Promises must be awaited/,
  },
  { file: 'src/queue/unused.ts', code: 'const nobody = 1;', wall: /never used/ },
  // What is allowed stays allowed.
  {
    file: 'src/core/canonical.ts',
    code: "import { createHash } from 'node:crypto';\nexport const hash = createHash;",
    wall: null,
  },
  {
    file: 'src/core/step.ts',
    code: "import { z } from 'zod';\nexport const Step = z.object({});",
    wall: null,
  },
  {
    file: 'src/policy/shell/judge.ts',
    code: "import { parse } from 'unbash';\nimport '#core/step.ts';\nexport { parse };",
    wall: null,
  },
  {
    file: 'src/flow/propose.ts',
    code: "import '#policy/shell/judge.ts';\nimport './ledger-port.ts';",
    wall: null,
  },
  { file: 'src/flow/ledger-port.ts', code: "import '#core/step.ts';", wall: null },
  {
    file: 'src/ledger/history.ts',
    code: "import { simpleGit } from 'simple-git';",
    wall: /ledger imports core/,
  },
  {
    file: 'src/flow/history.ts',
    code: "import { simpleGit } from 'simple-git';",
    wall: /flow/,
  },
  { file: 'src/ledger/git-trail/repository.ts', code: "import 'simple-git';\nimport 'pg';", wall: null },
  {
    file: 'src/ledger/git-trail/rows.ts',
    code: "import '@prisma/client';",
    wall: /ledger\/git-trail imports core/,
  },
  {
    file: 'src/ledger/open.ts',
    code: "import pg from 'pg';\nimport '#flow/ledger-port.ts';\nexport const pool = pg.Pool;",
    wall: null,
  },
  {
    file: 'src/queue/postgres-backend.ts',
    code: "import pg from 'pg';\nexport const pool = pg.Pool;",
    wall: null,
  },
  {
    file: 'src/executors/ssh/open/connect.ts',
    code: "import { Client } from 'ssh2';\nexport const it = Client;",
    wall: null,
  },
  {
    file: 'src/cli/chiffon.ts',
    code: "import '#ledger/open.ts';\nimport '#queue/postgres-backend.ts';\nconsole.log('hello');",
    wall: null,
  },
  {
    file: 'src/console/view.ts',
    code: "import { signal } from '@preact/signals';\nexport const open = signal(false);",
    wall: null,
  },
];

let tree: string;
let complaints: readonly { readonly filename: string; readonly words: string }[];

beforeAll(() => {
  tree = mkdtempSync(path.join(os.tmpdir(), 'chiffon-walls-'));
  for (const name of ['.oxlintrc.json', 'package.json', 'tsconfig.json'])
    cpSync(path.join(root, name), path.join(tree, name));
  symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
  for (const { file, code } of attempts) {
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    writeFileSync(
      path.join(tree, file),
      /\b(?:import|export)\b/.test(code) ? code : `${code}\nexport const rest = 1;`,
    );
  }
  const oxlint = path.join(root, 'node_modules/.bin/oxlint');
  const ran = spawnSync(oxlint, ['--type-aware', '--format', 'json', 'src'], { cwd: tree, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(ran.stdout) as {
    diagnostics: { filename: string; message: string; help?: string }[];
  };
  complaints = diagnostics.map(({ filename, message, help }) => ({
    filename,
    words: `${message} ${help ?? ''}`,
  }));
  if (ran.status !== 1)
    throw new Error(`oxlint ended with ${ran.status}, but complaints must fail it: ${ran.stderr}`);
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('the walls between the rooms', () => {
  test.each(attempts.filter(({ wall }) => wall !== null))('$file may not say $code', ({ file, wall }) => {
    expect(complaintsAbout(file)).toMatch(wall ?? /never/);
  });

  test.each(attempts.filter(({ wall }) => wall === null))('$file may say $code', ({ file }) => {
    expect(complaintsAbout(file)).toBe('');
  });
});

test('core, policy and flow never ask what time it is', () => {
  const askers = globSync('src/{core,policy,flow}/**/*.ts', { cwd: root }).filter((file) =>
    /\bnew Date\(\s*\)|\bDate\(\s*\)|\bDate\.now\b/.test(readFileSync(path.join(root, file), 'utf8')),
  );
  expect(askers).toEqual([]);
});

function complaintsAbout(file: string): string {
  return complaints
    .filter(({ filename }) => filename === file)
    .map(({ words }) => words)
    .join('\n');
}
