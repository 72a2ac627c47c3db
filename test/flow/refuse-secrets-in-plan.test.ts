import { describe, expect, test } from 'vitest';
import type { PlanContent } from '#core/plan.ts';
import type { Step } from '#core/step.ts';
import { refuseSecretsInPlan } from '#flow/refuse-secrets-in-plan.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { contentWith, shellStep } from '../ledger/house-of-tests.ts';

const redactor = createRedactor();
redactor.register('the database password', 'only-chiffon-knows');

const common = shellStep(1);
const file = (content: string, path = 'services/app/compose.yaml'): Step => {
  const { command: _, ...step } = common as Extract<Step, { uses: 'shell' }>;
  return { ...step, uses: 'file', path, content, mode: '0644' };
};
const http = (url: string, expectBody?: string): Step => {
  const { command: _, ...step } = common as Extract<Step, { uses: 'shell' }>;
  return {
    ...step,
    uses: 'http',
    url,
    expectStatus: [200],
    withinSeconds: 5,
    ...(expectBody ? { expectBody } : {}),
  };
};

describe('a plan that holds a secret is refused', () => {
  const plans: readonly { readonly where: string; readonly secret: string; readonly plan: PlanContent }[] = [
    {
      where: 'its command',
      secret: 'hunter2',
      plan: contentWith([shellStep(1, 'n100', 'app --password hunter2 run')]),
    },
    {
      where: 'its command',
      secret: 'hunter2',
      plan: contentWith([shellStep(1, 'n100', 'echo hunter2 | sudo -S true')]),
    },
    {
      where: 'its command',
      secret: 'only-chiffon-knows',
      plan: contentWith([shellStep(1, 'n100', 'echo only-chiffon-knows')]),
    },
    {
      where: 'the content of its file',
      secret: 'hunter2',
      plan: contentWith([file('services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: hunter2\n')]),
    },
    {
      where: 'the path of its file',
      secret: 'only-chiffon-knows',
      plan: contentWith([file('x', 'a/only-chiffon-knows')]),
    },
    {
      where: 'its address',
      secret: 'hunter2',
      plan: contentWith([http('https://anna:hunter2@nas.local/health')]),
    },
    {
      where: 'the text it waits for',
      secret: 'hunter2',
      plan: contentWith([http('https://nas.local', 'token=hunter2')]),
    },
    {
      where: 'its summary',
      secret: 'hunter2',
      plan: contentWith([{ ...common, summary: 'Set PASSWORD=hunter2' }]),
    },
    {
      where: 'says about itself',
      secret: 'hunter2',
      plan: {
        ...contentWith([common]),
        intents: [{ command: 'deploy', inputs: { service: 'PASSWORD=hunter2' } }],
      },
    },
    {
      where: 'its command',
      secret: 'hunter2',
      plan: contentWith([shellStep(1, 'n100', 'app set [secret: password, token or key]')]),
    },
  ];

  test.each(plans)(
    'in $where, with what it is and what to do, and without its value',
    ({ where, secret, plan }) => {
      const refused = refuseSecretsInPlan(plan, redactor);
      expect(refused).toMatchObject({ ok: false, code: 'plan.secret' });
      if (refused.ok) return;
      expect(refused.reason).toContain(where);
      expect(refused.reason).toMatch(/carry a secret \([^)]+\)/);
      expect(refused.reason).toMatch(/Put the value|Let the check|Ask again/);
      expect(refused.reason).not.toContain(secret);
    },
  );

  test.each([
    contentWith([shellStep(1, 'n100', 'restic --password-file /root/.restic snapshots')]),
    contentWith([
      file(
        'services:\n  db:\n    env_file: .env\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD}\n',
      ),
    ]),
    contentWith([file('POSTGRES_PASSWORD_FILE=/run/secrets/db\n', 'services/db/settings.env')]),
    contentWith([http('https://nas.local/health', 'ok')]),
  ])('one that refers to where the secret stands is not', (plan) => {
    expect(refuseSecretsInPlan(plan, redactor)).toEqual({ ok: true, value: undefined });
  });
});
