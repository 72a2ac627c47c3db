import type { Outgoing } from '#chat/surface-port.ts';
import type { Card, CardAction, CardStep } from '#core/card.ts';

export type OutgoingCard = Extract<Outgoing, { kind: 'card' }>;

export const hash = '7f3a9c02'.padEnd(60, '5') + '9c02';

export function step(
  position: number,
  summary: string,
  exact: string,
  more: Partial<CardStep> = {},
): CardStep {
  return {
    id: `s${position}`,
    position,
    summary,
    target: 'n100',
    uses: 'shell',
    exact,
    content: null,
    undo: 'not needed',
    rehearsed: true,
    rehearsalNote: null,
    diff: null,
    state: 'queued',
    stateWord: 'Planned',
    result: null,
    startedAt: null,
    endedAt: null,
    ...more,
  };
}

export function action(kind: CardAction['kind'], label: string, more: Partial<CardAction> = {}): CardAction {
  return { kind, label, tone: 'plain', value: null, blocked: null, ...more };
}

const decide = [
  action('approve', 'Approve and run', { tone: 'primary' }),
  action('changes', 'Request changes'),
  action('reject', 'Reject'),
];

/** A proposal: update Jellyfin, as the mock-ups draw it. */
export function proposal(more: Partial<Card> = {}): Card {
  return {
    request: 142,
    plan: 142,
    run: null,
    revision: 1,
    hash,
    state: 'needs_you',
    stateWord: 'Needs you',
    title: 'Update Jellyfin to 10.11.2 on n100',
    ask: {
      person: 'Anna',
      surface: 'discord',
      at: '2026-11-21T13:02:00.000Z',
      words: 'update jellyfin please',
    },
    message: 'Jellyfin is off for about 40 s.',
    risk: 'change',
    effects: [
      {
        host: 'n100',
        kind: 'container',
        what: 'jellyfin',
        change: 'recreated',
        before: '10.10.7',
        after: '10.11.2',
      },
      { host: 'n100', kind: 'file', what: 'compose.yaml', change: '1 line' },
      { host: 'n100', kind: 'volume', what: 'jellyfin', change: 'snapshot first' },
    ],
    steps: [
      step(1, 'Snapshot volume jellyfin, 2.1 GB', 'zfs snapshot tank/jellyfin@chiffon-142'),
      step(2, 'Pull jellyfin/jellyfin:10.11.2', 'docker compose -f /srv/jellyfin/compose.yaml pull'),
      step(3, 'Change the tag in compose.yaml', 'write /srv/jellyfin/compose.yaml (mode 0644)', {
        uses: 'file',
        content: 'services:\n  jellyfin:\n    image: jellyfin/jellyfin:10.11.2\n',
        diff: '@@ -5,3 +5,3 @@\n   jellyfin:\n-    image: jellyfin/jellyfin:10.10.7\n+    image: jellyfin/jellyfin:10.11.2\n',
      }),
      step(4, 'Recreate container jellyfin', 'docker compose -f /srv/jellyfin/compose.yaml up -d'),
      step(
        5,
        'Check http://n100:8096 for 3 min',
        'GET http://n100:8096 until it answers 200, for up to 180 s',
        {
          uses: 'http',
          rehearsed: false,
        },
      ),
    ],
    rehearsal: {
      at: '2026-11-21T13:02:11.000Z',
      steps: [],
      facts: [{ label: 'RAM', value: '11.3 of 16 GB' }],
      notes: ['Not rehearsed: Jellyfin’s own database migration.'],
    },
    verification: 'http://n100:8096 answers for 3 min',
    undo: 'restores the snapshot, until Sat 28 Nov',
    cost: '0 (no model was used)',
    decisions: [],
    delta: [],
    link: null,
    confirmCode: null,
    actions: decide,
    answerBy: '2026-11-21T21:02:00.000Z',
    asOf: '2026-11-21T13:02:12.000Z',
    ...more,
  };
}

/** A plan that deletes something for good. */
export function destructive(): Card {
  return proposal({
    title: 'Remove Jellyfin and its data from n100',
    risk: 'destructive',
    confirmCode: 'K7F3QA',
    message: 'Everything Jellyfin stored is deleted for good.',
    effects: [{ host: 'n100', kind: 'volume', what: 'jellyfin', change: 'deleted for good' }],
    steps: [step(1, 'Remove the volume jellyfin', 'docker volume rm jellyfin')],
    actions: [action('approve', 'Approve and delete', { tone: 'danger' }), ...decide.slice(1)],
    undo: 'none',
  });
}

const ran: Partial<Card> = {
  run: '142-1',
  asOf: '2026-11-21T13:06:14.000Z',
  rehearsal: null,
  answerBy: null,
  decisions: [
    { words: 'Approved by Anna on Discord (revision 1)', at: '2026-11-21T13:05:00.000Z', comment: null },
  ],
};

/** When the steps of the running card began, one after the other. */
const began = ['13:05:10.000', '13:05:21.800', '13:06:09.800', '13:06:10.000'].map(
  (time) => `2026-11-21T${time}Z`,
);

export function running(): Card {
  const base = proposal();
  return proposal({
    ...ran,
    state: 'running',
    stateWord: 'Running',
    message: null,
    steps: base.steps.map((each, index) => ({
      ...each,
      state: index < 3 ? 'done' : index === 3 ? 'running' : 'queued',
      stateWord: index < 3 ? 'Done' : index === 3 ? 'Running' : 'Queued',
      startedAt: began[index] ?? null,
      endedAt: index < 3 ? (began[index + 1] ?? null) : null,
    })),
    actions: [action('cancel', 'Stop now')],
  });
}

export function done(): Card {
  const base = proposal();
  return proposal({
    ...ran,
    state: 'done',
    stateWord: 'Done',
    message: 'Jellyfin is 10.11.2 on n100. It answered for 3 min; off for 31 s.',
    steps: base.steps.map((each) => ({ ...each, state: 'done', stateWord: 'Done' })),
    link: 'http://192.168.1.20:8096',
    actions: [action('open', 'Open Jellyfin', { tone: 'primary', value: 'http://192.168.1.20:8096' })],
  });
}

export function unknownOutcome(): Card {
  const base = proposal();
  return proposal({
    ...ran,
    state: 'unknown',
    stateWord: 'Outcome unknown',
    message:
      'The connection broke while step 4 ran. Look at the machine and say what is true; nothing runs until then.',
    steps: base.steps.map((each, index) => ({
      ...each,
      state: index < 3 ? 'done' : index === 3 ? 'unknown' : 'queued',
    })),
    actions: [
      action('reset', 'It did finish', { tone: 'primary', value: 'completed' }),
      action('reset', 'It did not finish', { value: 'failed' }),
      action('reset', 'Run the step again', { value: 'again' }),
      action('acknowledge', 'I’m on it'),
    ],
  });
}

export function failed(): Card {
  const base = proposal();
  return proposal({
    ...ran,
    state: 'failed',
    stateWord: 'Failed',
    message:
      'Jellyfin did not start: port 8096 on n100 is already used by container emby. Steps 1 to 3 were done and stay in place; 1 step was not started.',
    steps: base.steps.map((each, index) => ({
      ...each,
      state: index < 3 ? 'done' : index === 3 ? 'failed' : 'stopped',
      result: index === 3 ? 'exit code 1' : null,
    })),
    actions: [
      action('ask', 'Plan it again', { tone: 'primary', value: 'update jellyfin please' }),
      action('acknowledge', 'I’m on it'),
      action('ask', 'logs of jellyfin', { value: 'logs of jellyfin' }),
    ],
  });
}

export function question(choices = 3): Card {
  return proposal({
    request: 144,
    plan: null,
    revision: null,
    hash: null,
    state: 'question',
    stateWord: 'One question',
    title: 'add all portals to kuma',
    ask: {
      person: 'Anna',
      surface: 'discord',
      at: '2026-11-21T13:02:00.000Z',
      words: 'add all portals to kuma',
    },
    message: 'Which Kuma should get the monitors?',
    risk: null,
    effects: [],
    steps: [],
    rehearsal: null,
    verification: null,
    undo: null,
    cost: null,
    actions: Array.from({ length: choices }, (_, index) =>
      action('answer', `kuma-${index + 1} on n100`, {
        tone: index === 0 ? 'primary' : 'plain',
        value: `kuma-${index + 1}`,
      }),
    ),
    answerBy: '2026-11-21T14:20:00.000Z',
  });
}

export function answer(): Card {
  return proposal({
    request: 143,
    plan: null,
    revision: null,
    hash: null,
    state: 'answer',
    stateWord: 'Answer',
    title: 'how full is the disk on n100',
    ask: {
      person: 'Ben',
      surface: 'discord',
      at: '2026-11-21T13:10:00.000Z',
      words: 'how full is the disk on n100',
    },
    message: 'Disk on n100: 61 % used, 142 GB free.\n/      38 %   23 of  60 GB\n/srv   61 %  226 of 372 GB',
    risk: null,
    effects: [],
    steps: [],
    rehearsal: null,
    verification: null,
    undo: null,
    cost: null,
    actions: [action('ask', 'which updates are waiting', { value: 'which updates are waiting' })],
    answerBy: null,
  });
}

export function refused(): Card {
  return {
    ...answer(),
    request: 145,
    state: 'refused',
    stateWord: 'Not allowed',
    title: 'reboot the n100',
    message:
      '“reboot the n100” would power-cycle n100. Nothing ran. The floor does not allow it, and nobody can approve it.',
    actions: [action('ask', 'restart the containers on n100', { value: 'x' })],
  };
}

export function parked(): Card {
  return proposal({
    state: 'parked',
    stateWord: 'Parked',
    message: 'Nobody answered in time, so this plan is parked. Nothing ran.',
    actions: [action('changes', 'Rehearse it anew', { tone: 'primary' }), action('reject', 'Reject')],
    answerBy: null,
  });
}

export function outgoing(card: Card, more: Partial<OutgoingCard> = {}): OutgoingCard {
  return { kind: 'card', card, lastLine: null, page: null, mentions: [], loud: false, ...more };
}
