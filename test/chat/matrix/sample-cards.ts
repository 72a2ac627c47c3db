import type { Outgoing } from '#chat/surface-port.ts';
import type { Card, CardStep } from '#core/card.ts';

type OutgoingCard = Extract<Outgoing, { kind: 'card' }>;

const at = '2026-11-21T13:02:11.000Z';

/** What a card that proposes nothing leaves out. */
const nothingPlanned = {
  risk: null,
  effects: [],
  steps: [],
  rehearsal: null,
  verification: null,
  undo: null,
  cost: null,
} satisfies Partial<Card>;

export function sampleStep(position: number, more: Partial<CardStep> = {}): CardStep {
  return {
    id: `s${position}`,
    position,
    summary: `Step number ${position}`,
    target: 'n100',
    uses: 'shell',
    exact: `echo ${position}`,
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

const jellyfinSteps: readonly CardStep[] = [
  sampleStep(1, { summary: 'Snapshot volume jellyfin, 2.1 GB', exact: 'zfs snapshot tank/jellyfin@p142' }),
  sampleStep(2, {
    summary: 'Pull jellyfin/jellyfin:10.11.2',
    exact: 'docker pull jellyfin/jellyfin:10.11.2',
  }),
  sampleStep(3, {
    summary: 'Change the tag in compose.yaml',
    uses: 'file',
    exact: 'write /opt/jellyfin/compose.yaml (mode 0644)',
    content: 'services:\n  jellyfin:\n    image: jellyfin/jellyfin:10.11.2\n',
    diff: '   jellyfin:\n-    image: jellyfin/jellyfin:10.10.7\n+    image: jellyfin/jellyfin:10.11.2\n',
    undo: 'the old file is put back',
  }),
  sampleStep(4, {
    summary: 'Recreate container jellyfin',
    exact: 'docker compose -f /opt/jellyfin/compose.yaml up -d',
    undo: 'old image',
  }),
  sampleStep(5, {
    summary: 'Check port 8096 for 3 min',
    uses: 'http',
    exact: 'GET http://n100:8096/health until it answers 200, for up to 180 s',
    rehearsed: false,
    rehearsalNote: 'it reads only',
  }),
];

const proposed: Card = {
  request: 142,
  plan: 142,
  run: null,
  revision: 1,
  hash: '7f3a9c02'.repeat(8),
  state: 'needs_you',
  stateWord: 'Needs you',
  title: 'Update Jellyfin to 10.11.2 on n100',
  ask: { person: 'Anna', surface: 'matrix', at, words: 'update jellyfin please' },
  message: null,
  risk: 'change',
  warnings: [],
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
  ],
  steps: [...jellyfinSteps],
  rehearsal: {
    at,
    steps: [],
    facts: [{ label: 'free on /srv', value: '142 GB' }],
    notes: ['Jellyfin’s own database migration could not be rehearsed.'],
  },
  verification: 'port 8096 answers for 3 min',
  undo: 'for 7 days, to Sat 28 Nov',
  cost: '0 (no model was used)',
  decisions: [],
  delta: [],
  link: null,
  confirmCode: null,
  actions: [
    { kind: 'approve', label: 'Approve and run', tone: 'primary', value: null, blocked: null },
    { kind: 'changes', label: 'Request changes', tone: 'plain', value: null, blocked: null },
    { kind: 'reject', label: 'Reject', tone: 'plain', value: null, blocked: null },
  ],
  answerBy: '2026-11-21T21:02:00.000Z',
  asOf: at,
};

/** A card as it is handed to a surface; what a test is about is given, the rest is the Jellyfin update. */
export function sampleCard(
  more: Partial<Card> = {},
  around: Partial<Omit<OutgoingCard, 'kind' | 'card'>> = {},
): OutgoingCard {
  return {
    kind: 'card',
    card: { ...proposed, ...more },
    lastLine: null,
    page: 'https://chiffon.example/r/142',
    mentions: [],
    loud: false,
    ...around,
  };
}

const decision = {
  words: 'Approved by Anna on Matrix (revision 1)',
  at: '2026-11-21T13:05:00.000Z',
  comment: null,
};

/** One card for each state somebody may see, by what it shows. */
export const sampleCards: Readonly<Record<string, OutgoingCard>> = {
  proposed: sampleCard({}, { loud: true }),
  'proposed again': sampleCard({
    revision: 2,
    delta: ['the run starts at 03:00 instead of now'],
    warnings: ['Step 4: the container gets the whole disk of the host.'],
  }),
  destructive: sampleCard({
    title: 'Delete volume photos on n100',
    ask: { ...proposed.ask, words: 'delete the photos volume' },
    risk: 'destructive',
    confirmCode: 'K7F3QA',
    effects: [{ host: 'n100', kind: 'volume', what: 'photos', change: 'deleted for good' }],
    steps: [
      sampleStep(1, { summary: 'Delete volume photos', exact: 'docker volume rm photos', rehearsed: false }),
    ],
    rehearsal: { at, steps: [], facts: [], notes: [] },
    verification: null,
    undo: 'none: what is deleted is gone',
  }),
  running: sampleCard(
    {
      run: 'run-2',
      state: 'running',
      stateWord: 'Running',
      decisions: [decision],
      steps: jellyfinSteps.map((step, index) => ({
        ...step,
        ...(index < 3
          ? {
              state: 'done' as const,
              startedAt: '2026-11-21T13:05:10.000Z',
              endedAt: '2026-11-21T13:05:21.800Z',
            }
          : index === 3
            ? { state: 'running' as const, startedAt: '2026-11-21T13:06:18.000Z', usualMs: 9_000 }
            : {}),
      })),
      actions: [{ kind: 'cancel', label: 'Stop now', tone: 'plain', value: null, blocked: null }],
      answerBy: null,
      asOf: '2026-11-21T13:06:22.000Z',
    },
    { lastLine: 'Container jellyfin  Recreated' },
  ),
  done: sampleCard({
    run: 'run-2',
    state: 'done',
    stateWord: 'Done',
    message: 'Jellyfin is 10.11.2 on n100. It answered for 3 min.',
    decisions: [decision],
    steps: jellyfinSteps.map((step) => ({
      ...step,
      state: 'done',
      startedAt: '2026-11-21T13:05:10.000Z',
      endedAt: '2026-11-21T13:05:21.800Z',
    })),
    actions: [],
    link: 'http://n100:8096',
    answerBy: null,
    asOf: '2026-11-21T13:09:31.000Z',
  }),
  failed: sampleCard({
    run: 'run-2',
    state: 'failed',
    stateWord: 'Failed',
    message:
      'Jellyfin did not start: port 8096 on n100 is already used by container emby. Steps 1 to 3 were done and stay in place; 1 step was not started.',
    decisions: [decision],
    steps: jellyfinSteps.map((step, index) => ({
      ...step,
      state: index < 3 ? 'done' : index === 3 ? 'failed' : 'stopped',
      result: index === 3 ? 'Bind for 0.0.0.0:8096 failed: port is already allocated' : null,
      startedAt: index > 3 ? null : '2026-11-21T13:05:10.000Z',
      endedAt: index > 3 ? null : '2026-11-21T13:05:21.800Z',
    })),
    actions: [
      {
        kind: 'ask',
        label: 'Plan it again',
        tone: 'primary',
        value: 'update jellyfin please',
        blocked: null,
      },
      { kind: 'acknowledge', label: 'I’m on it', tone: 'plain', value: null, blocked: null },
    ],
    answerBy: null,
  }),
  question: sampleCard({
    request: 144,
    plan: null,
    revision: null,
    hash: null,
    state: 'question',
    stateWord: 'One question',
    title: 'add all portals to kuma',
    ask: { ...proposed.ask, words: 'add all portals to kuma' },
    message: 'Which Kuma should get the monitors?',
    ...nothingPlanned,
    actions: [
      {
        kind: 'answer',
        label: 'kuma on n100 (14 monitors, up)',
        tone: 'primary',
        value: 'kuma',
        blocked: null,
      },
      {
        kind: 'answer',
        label: 'kuma-test on n100 (2 monitors)',
        tone: 'plain',
        value: 'kuma-test',
        blocked: null,
      },
      { kind: 'answer', label: 'neither: make a new one', tone: 'plain', value: 'new', blocked: null },
    ],
    answerBy: null,
  }),
  help: sampleCard({
    request: 146,
    plan: null,
    revision: null,
    hash: null,
    state: 'answer',
    stateWord: 'Answer',
    title: 'help',
    ask: { ...proposed.ask, words: 'help' },
    message:
      'Questions, answered at once: disk space · logs of jellyfin\nChanges, shown as a plan that waits for a yes: restart jellyfin · back up jellyfin · deploy AdGuard Home\n\nHosts here: n100.',
    ...nothingPlanned,
    actions: [],
    answerBy: null,
  }),
  answer: sampleCard({
    request: 143,
    plan: 143,
    revision: null,
    hash: null,
    state: 'answer',
    stateWord: 'Answer',
    title: 'how full is the n100',
    ask: { ...proposed.ask, words: 'how full is the n100' },
    message: 'Disk on n100: 61 % used, 142 GB free.\n\n/     38 %   23 of  60 GB\n/srv  61 %  226 of 372 GB',
    ...nothingPlanned,
    actions: [],
    answerBy: null,
  }),
  refused: sampleCard({
    request: 145,
    plan: null,
    revision: null,
    hash: null,
    state: 'refused',
    stateWord: 'Not allowed',
    title: 'reboot the n100',
    ask: { ...proposed.ask, words: 'reboot the n100' },
    message: 'Nothing ran. Rule floor.host-power: nobody can approve a reboot of n100.',
    ...nothingPlanned,
    actions: [
      {
        kind: 'ask',
        label: 'restart the containers on n100',
        tone: 'plain',
        value: 'restart the containers on n100',
        blocked: null,
      },
    ],
    answerBy: null,
  }),
  unknown: sampleCard({
    run: 'run-2',
    state: 'unknown',
    stateWord: 'Outcome unknown',
    message:
      'The connection to n100 broke in step 4. Look at the machine and say what is true; nothing runs until then.',
    decisions: [decision],
    actions: [
      { kind: 'reset', label: 'It did finish', tone: 'primary', value: 'completed', blocked: null },
      { kind: 'reset', label: 'It did not finish', tone: 'plain', value: 'failed', blocked: null },
      { kind: 'reset', label: 'Run the step again', tone: 'plain', value: 'again', blocked: null },
    ],
    answerBy: null,
  }),
  parked: sampleCard({
    state: 'parked',
    stateWord: 'Parked',
    message: 'Nobody answered in time, so this plan is parked. Nothing ran.',
    actions: [
      { kind: 'changes', label: 'Rehearse it anew', tone: 'primary', value: null, blocked: null },
      { kind: 'reject', label: 'Reject', tone: 'plain', value: null, blocked: null },
    ],
    answerBy: null,
  }),
};
