import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '#core/canonical.ts';
import { PlanContent, planHash } from '#core/plan.ts';

const content: PlanContent = PlanContent.parse({
  version: 1,
  title: 'Deploy Uptime Kuma on n100',
  risk: 'change',
  intents: [{ command: 'deploy', inputs: { service: 'uptime-kuma', port: 3001 } }],
  steps: [
    {
      id: 's1',
      target: 'n100',
      summary: 'Write compose.yaml',
      uses: 'file',
      path: 'services/uptime-kuma/compose.yaml',
      content: 'services:\n  uptime-kuma:\n    image: louislam/uptime-kuma:2\n',
      mode: '0644',
      undo: { kind: 'reversible', how: 'the old file is kept' },
      idempotent: true,
      timeoutSeconds: 60,
    },
    {
      id: 's2',
      target: 'n100',
      summary: 'Start it',
      uses: 'shell',
      command: 'docker compose --project-directory services/uptime-kuma up --detach',
      undo: { kind: 'reversible', how: 'docker compose down' },
      idempotent: true,
      timeoutSeconds: 600,
    },
  ],
  effects: [{ host: 'n100', kind: 'port', what: '3001', change: 'opened' }],
  verification: 'http://n100:3001 answers.',
  undo: 'Remove the service.',
  link: 'http://n100:3001/',
});

test('ten thousand plans that differ in one character anywhere have another hash each', () => {
  const text = canonicalJson(content);
  const hash = planHash(content);
  const edit = fc.record({
    at: fc.nat({ max: text.length - 1 }),
    how: fc.constantFrom('replace', 'insert', 'drop'),
    character: fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  });
  let read = 0;
  fc.assert(
    fc.property(edit, ({ at, how, character }) => {
      const rest = text.slice(how === 'insert' ? at : at + 1);
      const edited = text.slice(0, at) + (how === 'drop' ? '' : character) + rest;
      const parsed = parse(edited);
      // What no longer reads as a plan, or reads as the same one, is nothing anybody could be shown instead.
      if (parsed === null || canonicalJson(parsed) === text) return;
      read += 1;
      expect(planHash(parsed)).not.toBe(hash);
    }),
    { numRuns: 10_000 },
  );
  expect(read).toBeGreaterThan(2_000);
});

function parse(text: string): PlanContent | null {
  try {
    const parsed = PlanContent.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
