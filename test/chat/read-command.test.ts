import { expect, test } from 'vitest';
import { readCommand } from '#chat/read-command.ts';

const decide = (decision: string, plan: number, more: object = {}): object => ({
  kind: 'decide',
  decision,
  plan,
  hash: null,
  comment: null,
  code: null,
  ...more,
});

test.each<[string, object]>([
  ['approve 142', decide('approve', 142)],
  ['Approve P-142 7f3a', decide('approve', 142, { hash: '7f3a' })],
  ['approve #142 7F3A9C02.', decide('approve', 142, { hash: '7f3a9c02' })],
  ['approve\u00a0142\u00a07f3a', decide('approve', 142, { hash: '7f3a' })],
  ['`approve 142 7f3a`', decide('approve', 142, { hash: '7f3a' })],
  ['“approve 142 7f3a”', decide('approve', 142, { hash: '7f3a' })],
  ['approve 142 face', decide('approve', 142, { hash: 'face' })],
  ['approve 142 K7F3QA', decide('approve', 142, { code: 'K7F3QA' })],
  ['approve 142 k7f3qa', decide('approve', 142, { code: 'K7F3QA' })],
  ['approve 142 AB23CD', decide('approve', 142, { code: 'AB23CD' })],
  ['approve 142 ab23cd', decide('approve', 142, { hash: 'ab23cd' })],
  ['approve 142 7f3a9c02 K7F3QA', decide('approve', 142, { hash: '7f3a9c02', code: 'K7F3QA' })],
  ['approve 142 K7F3QA 7f3a9c02', decide('approve', 142, { hash: '7f3a9c02', code: 'K7F3QA' })],
  ['approve 142 looks good', decide('approve', 142, { comment: 'looks good' })],
  ['reject 142', decide('reject', 142)],
  ['reject 142: too late today', decide('reject', 142, { comment: 'too late today' })],
  ['reject 142 7f3a too late', decide('reject', 142, { hash: '7f3a', comment: 'too late' })],
  ['reject 142 faded idea', decide('reject', 142, { comment: 'faded idea' })],
  ['reject 142 THANKS', decide('reject', 142, { comment: 'THANKS' })],
  [
    'changes 142 run it at 3 in the morning',
    decide('changes', 142, { comment: 'run it at 3 in the morning' }),
  ],
  ['request changes 142\nat night', decide('changes', 142, { comment: 'at night' })],
  ['stop 142', { kind: 'stop', plan: 142 }],
  ['answer 143 2', { kind: 'answer', request: 143, index: 1 }],
  ['suggestion R-143 1', { kind: 'suggestion', request: 143, index: 0 }],
  ['settle 142 completed', { kind: 'settle', plan: 142, verdict: 'completed' }],
  ['settle 142 not finished', { kind: 'settle', plan: 142, verdict: 'failed' }],
  ['settle P-142 again', { kind: 'settle', plan: 142, verdict: 'again' }],
  ['acknowledge 143', { kind: 'acknowledge', request: 143 }],
  ['ACK 143', { kind: 'acknowledge', request: 143 }],
])('“%s” is understood', (text, act) => {
  expect(readCommand(text)).toEqual(act);
});

test.each([
  '',
  'approve',
  'approve it',
  'approve 142.5 7f3a',
  'approve 142b',
  'approve 1420000000000',
  'stop jellyfin on n100',
  'stop 142 containers',
  'stop 3 containers',
  'answer 143 0',
  'answer 143 two',
  'answer 143',
  'settle 142 perhaps',
  'acknowledge 143 later',
  '1',
  'help',
  'doctor',
  'deploy kuma on n100 port 3100',
  'please approve 142',
  '142 approve',
])('“%s” is no command and is said to Chiffon as it stands', (text) => {
  expect(readCommand(text)).toBeNull();
});
