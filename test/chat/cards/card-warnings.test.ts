import { describe, expect, test } from 'vitest';
import { cardWarnings } from '#chat/cards/card-warnings.ts';
import { PlanContent } from '#core/plan.ts';

function planWriting(compose: string): PlanContent {
  const common = { target: 'n100', idempotent: true, timeoutSeconds: 60 };
  const undo = { kind: 'reversible', how: 'the old file is kept' } as const;
  return PlanContent.parse({
    version: 1,
    title: 'Deploy it on n100',
    risk: 'change',
    intents: [],
    steps: [
      {
        ...common,
        id: 's1',
        summary: 'Make the folder',
        undo,
        uses: 'shell',
        command: 'mkdir -p services/it',
      },
      {
        ...common,
        id: 's2',
        summary: 'Write compose.yaml',
        undo,
        uses: 'file',
        path: 'services/it/compose.yaml',
        content: compose,
        mode: '0644',
      },
    ],
    effects: [],
    verification: 'It runs.',
    undo: 'Stop it.',
    link: null,
  });
}

describe('before a yes somebody must have read', () => {
  test('that a container runs privileged, with the step that starts it', () => {
    expect(cardWarnings(planWriting('services:\n  it:\n    image: it\n    privileged: true\n'))).toEqual([
      'Step 2: it runs privileged, so whoever gets into it has the whole host.',
    ]);
  });

  test('that a container holds the engine’s socket', () => {
    const [warning = ''] = cardWarnings(
      planWriting(
        'services:\n  it:\n    image: it\n    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]\n',
      ),
    );
    expect(warning).toMatch(/^Step 2: it /);
    expect(warning).not.toContain('READ THIS');
  });

  test('nothing of a plan that asks for nothing special', () => {
    expect(cardWarnings(planWriting('services:\n  it:\n    image: it\n'))).toEqual([]);
  });
});
