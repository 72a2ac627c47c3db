import { type Card, type CardAction, type CardStep } from '#core/card.ts';
import { ago, card, detailOf, fact, fakeHash, runOf, type Story, say, step } from './build.ts';

const compose = `services:
  uptime-kuma:
    image: louislam/uptime-kuma:2.0.2
    container_name: uptime-kuma
    restart: unless-stopped
    ports:
      - "3001:3001"
    volumes:
      - ./data:/app/data
    healthcheck:
      test: ["CMD", "extra/healthcheck"]
      interval: 30s
      timeout: 10s
      retries: 3
`;

const composeDiff = `--- /dev/null
+++ services/uptime-kuma/compose.yaml
@@ -0,0 +1,14 @@
${compose
  .trimEnd()
  .split('\n')
  .map((line) => `+${line}`)
  .join('\n')}
`;

/** The buttons of a plan that waits for a yes. */
export function decisionActions(part: Partial<CardAction> = {}): CardAction[] {
  const action = (kind: CardAction['kind'], label: string, tone: CardAction['tone']): CardAction => ({
    kind,
    label,
    tone,
    value: null,
    blocked: null,
    ...part,
  });
  return [
    action('approve', 'Approve and run', 'primary'),
    action('changes', 'Request changes', 'plain'),
    action('reject', 'Reject', 'plain'),
  ];
}

/** The button that quiets what rings. */
const onIt: CardAction = {
  kind: 'acknowledge',
  label: 'I’m on it',
  tone: 'plain',
  value: null,
  blocked: null,
};

/** The button that opens a finished service. */
export function openAction(address: string): CardAction {
  return { kind: 'open', label: `Open ${address}`, tone: 'primary', value: address, blocked: null };
}

function kumaSteps(): CardStep[] {
  return [
    step(1, {
      summary: 'Make the folder of the service',
      exact: "mkdir -p 'services/uptime-kuma/data'",
      undo: 'remove the empty folder',
      rehearsalNote: 'The folder does not exist yet.',
    }),
    step(2, {
      summary: 'Write compose.yaml',
      uses: 'file',
      exact: 'services/uptime-kuma/compose.yaml (mode 0644)',
      content: compose,
      diff: composeDiff,
      undo: 'remove the file',
    }),
    step(3, {
      summary: 'Pull the image',
      exact: "docker compose --project-directory 'services/uptime-kuma' pull --quiet",
      undo: 'not needed',
      rehearsed: false,
      rehearsalNote: 'Pulling can only be tried for real; the registry answered.',
    }),
    step(4, {
      summary: 'Start the container',
      exact:
        "docker compose --project-directory 'services/uptime-kuma' up --detach --wait --wait-timeout 120",
      undo: 'stop and remove the container',
      rehearsalNote: 'Port 3001 is free.',
    }),
    step(5, {
      summary: 'Check that Uptime Kuma answers',
      uses: 'http',
      exact: 'GET http://192.168.1.20:3001/ answers 200 or 302 within 60 s',
      undo: 'reads only',
      rehearsed: false,
      rehearsalNote: 'There is nothing to ask before it runs.',
    }),
  ];
}

function kumaCard(request: number, seconds: number): Card {
  return card(request, {
    state: 'needs_you',
    stateWord: 'Needs you',
    title: 'Deploy Uptime Kuma 2.0.2 on sandbox',
    ask: { person: 'Anna', surface: 'console', at: ago(seconds), words: 'deploy kuma' },
    effects: [
      { host: 'sandbox', kind: 'service', what: 'uptime-kuma', change: 'created', after: '2.0.2' },
      { host: 'sandbox', kind: 'folder', what: 'services/uptime-kuma', change: 'created' },
      {
        host: 'sandbox',
        kind: 'file',
        what: 'services/uptime-kuma/compose.yaml',
        change: 'created',
        after: '14 lines',
      },
      { host: 'sandbox', kind: 'port', what: '3001', change: 'opened', before: 'free', after: 'uptime-kuma' },
    ],
    steps: kumaSteps(),
    rehearsal: {
      at: ago(seconds - 2),
      steps: [],
      facts: [
        { label: 'RAM after', value: '6.3 of 15.9 GB' },
        { label: 'Disk after', value: '226 of 372 GB' },
      ],
      notes: ['Nothing is off meanwhile: this service is new on sandbox.'],
    },
    verification: 'http://192.168.1.20:3001/ answers within 60 s',
    undo: 'Stop the container and remove services/uptime-kuma; nothing else knows of it.',
    cost: '0, all local',
    actions: decisionActions(),
    answerBy: ago(-8 * 3600),
  });
}

/** A plan to deploy Uptime Kuma that waits for a yes. */
export function needsYou(request: number): Story {
  const shown = kumaCard(request, 95);
  return {
    detail: detailOf(shown, {
      audit: [
        fact({
          number: request,
          kind: 'request.received',
          actor: 'anna',
          summary: 'Anna asked: “deploy kuma”.',
          secondsAgo: 95,
        }),
        fact({
          number: request,
          kind: 'plan.proposed',
          summary: 'Revision 1 of Deploy Uptime Kuma 2.0.2 on sandbox was proposed.',
          host: 'sandbox',
          service: 'uptime-kuma',
          secondsAgo: 93,
        }),
      ],
    }),
    run: null,
    log: [],
  };
}

/** The second revision of a plan, after changes were asked for. */
export function revised(request: number): Story {
  const shown = {
    ...kumaCard(request, 800),
    revision: 2,
    hash: fakeHash(`plan ${request} second`),
    title: 'Move Jellyfin to port 8097 on n100',
    ask: {
      person: 'Ben',
      surface: 'discord',
      at: ago(800),
      words: 'jellyfin should not sit on 8096 any more',
    },
    delta: ['the port: 8096 → 8097', 'the check asks port 8097'],
    warnings: ['Step 4: jellyfin runs privileged, so whoever gets into it has the whole host.'],
    effects: [
      {
        host: 'n100',
        kind: 'port' as const,
        what: 'jellyfin',
        change: 'moved',
        before: '8096',
        after: '8097',
      },
      {
        host: 'n100',
        kind: 'container' as const,
        what: 'jellyfin',
        change: 'recreated, off for about 40 s',
        before: '10.10.7',
        after: '10.10.7',
      },
    ],
    decisions: [{ words: 'Ben asked for changes on Discord', at: ago(500), comment: 'use 8097, not 8098' }],
    actions: decisionActions({ blocked: 'Ben can ask for this; Anna or Carl can approve it.' }),
  };
  return {
    detail: detailOf(shown, {
      earlier: [
        {
          revision: 1,
          hash: fakeHash('first'),
          words: 'replaced: Ben asked for another port',
          at: ago(790),
        },
      ],
    }),
    run: null,
    log: [],
  };
}

/** A plan that loses something for good and asks for its code. */
export function destructive(request: number): Story {
  const shown = card(request, {
    state: 'needs_you',
    stateWord: 'Needs you',
    title: 'Remove Gitea and its data from n100',
    ask: { person: 'Anna', surface: 'console', at: ago(3000), words: 'remove gitea, I do not need the data' },
    risk: 'destructive',
    effects: [
      {
        host: 'n100',
        kind: 'container',
        what: 'gitea',
        change: 'removed',
        before: '1.24.2, running',
        after: 'gone',
      },
      {
        host: 'n100',
        kind: 'volume',
        what: 'gitea_data',
        change: 'deleted for good',
        before: '2.1 GB',
        after: 'gone',
      },
    ],
    steps: [
      step(1, {
        target: 'n100',
        summary: 'Stop and remove the container',
        exact: "docker compose --project-directory '/srv/gitea' down",
        undo: 'start it again',
        rehearsalNote: 'The container gitea is running.',
      }),
      step(2, {
        target: 'n100',
        summary: 'Delete the volume gitea_data',
        exact: "docker volume rm 'gitea_data'",
        undo: 'not possible: the data is gone',
        rehearsed: false,
        rehearsalNote: 'Deleting cannot be rehearsed; the volume holds 2.1 GB.',
      }),
    ],
    rehearsal: {
      at: ago(2998),
      steps: [],
      facts: [{ label: 'Last backup', value: 'none known to Chiffon' }],
      notes: ['Three repositories were written to in the last week.'],
    },
    verification: 'neither the container nor the volume is listed any more',
    undo: 'Not possible after step 2: the data is deleted for good.',
    cost: '0, all local',
    confirmCode: 'K7F3QA',
    actions: [
      { kind: 'approve', label: 'Remove Gitea for good', tone: 'danger', value: null, blocked: null },
      ...decisionActions().slice(1),
    ],
    answerBy: ago(-3600 * 20),
  });
  return { detail: detailOf(shown), run: null, log: [] };
}

/** One question with choices. */
export function question(request: number): Story {
  const answer = (label: string, value: string): CardAction => ({
    kind: 'answer',
    label,
    tone: 'plain',
    value,
    blocked: null,
  });
  const shown = card(request, {
    plan: null,
    revision: null,
    hash: null,
    risk: null,
    state: 'question',
    stateWord: 'One question',
    title: 'Which Kuma should get the monitors?',
    ask: { person: 'Ben', surface: 'matrix', at: ago(1500), words: 'add all portals to kuma' },
    message:
      '“kuma” fits two services.\n\n1  kuma on n100          14 monitors, running\n2  kuma-test on n100      2 monitors, running',
    actions: [
      answer('kuma on n100', 'add all portals to kuma on n100'),
      answer('kuma-test on n100', 'add all portals to kuma-test on n100'),
      answer('A new one', 'deploy a new kuma for the portals'),
    ],
    answerBy: ago(-4200),
  });
  return { detail: detailOf(shown), run: null, log: [] };
}

/** A step that ran and ended well. */
function ran(one: CardStep, startedAgo: number, seconds: number): CardStep {
  return {
    ...one,
    state: 'done',
    stateWord: 'Done',
    startedAt: ago(startedAgo),
    endedAt: ago(startedAgo - seconds),
  };
}

/** A run in its fourth step, with output so far. */
export function running(request: number): Story {
  const [first, second, third, fourth, fifth] = kumaSteps() as [
    CardStep,
    CardStep,
    CardStep,
    CardStep,
    CardStep,
  ];
  const shown: Card = {
    ...kumaCard(request, 130),
    title: 'Update Jellyfin to 10.11.2 on n100',
    ask: { person: 'Anna', surface: 'discord', at: ago(130), words: 'update jellyfin please' },
    state: 'running',
    stateWord: 'Running',
    run: `${request}-1`,
    message: 'Recreating the container jellyfin.',
    steps: [
      ran({ ...first, summary: 'Snapshot volume jellyfin, 2.1 GB' }, 72, 11.8),
      ran({ ...second, summary: 'Change the tag in compose.yaml' }, 60, 0.2),
      ran({ ...third, summary: 'Pull jellyfin/jellyfin:10.11.2' }, 59.8, 48),
      {
        ...fourth,
        summary: 'Recreate container jellyfin',
        usualMs: 9000,
        state: 'running',
        stateWord: 'Running',
        startedAt: ago(11),
      },
      { ...fifth, summary: 'Check http://n100:8096 for 3 min' },
    ],
    decisions: [{ words: 'Approved by Anna on Discord', at: ago(75), comment: null }],
    actions: [{ kind: 'cancel', label: 'Stop now', tone: 'plain', value: null, blocked: null }],
    answerBy: null,
  };
  const story: Story = { detail: detailOf(shown), run: runOf(shown), log: [] };
  story.detail.runs = [
    { runId: `${request}-1`, state: 'running', stateWord: 'Running', startedAt: ago(72), endedAt: null },
  ];
  say(story, 1, 'Creating snapshot jellyfin@chiffon-149\n2.1 GB in 11.6 s\n', { at: ago(61) });
  say(story, 2, 'services/jellyfin/compose.yaml written\n', { at: ago(60) });
  for (let percent = 0; percent <= 100; percent += 10)
    say(
      story,
      3,
      `\r\u001b[36mfa11b0de\u001b[0m Downloading [${'='.repeat(percent / 5).padEnd(20)}] ${percent} %`,
      {
        at: ago(50),
      },
    );
  say(story, 3, '\n\u001b[32m✔\u001b[0m jellyfin \u001b[1mPulled\u001b[0m\n', { at: ago(12) });
  say(story, 4, ' Container jellyfin  Recreate\n', { at: ago(10), stream: 'err' });
  say(story, 4, ' Container jellyfin  Stopping\n Container jellyfin  Stopped\n', { at: ago(5) });
  return story;
}

/** A run that ended well, with the link to what it made. */
export function finished(request: number): Story {
  const shown: Card = {
    ...kumaCard(request, 90_000),
    state: 'done',
    stateWord: 'Done',
    run: `${request}-1`,
    message: 'Uptime Kuma 2.0.2 runs on sandbox and answers at port 3001. It took 1 min 4 s.',
    steps: kumaSteps().map((one, index) => ran(one, 89_900 - index * 12, 1.4 + index * 7.7)),
    decisions: [{ words: 'Approved by Anna in the console', at: ago(89_910), comment: null }],
    link: 'http://192.168.1.20:3001/',
    actions: [
      openAction('http://192.168.1.20:3001/'),
      {
        kind: 'ask',
        label: 'Restart Uptime Kuma',
        tone: 'plain',
        value: 'restart uptime-kuma',
        blocked: null,
      },
    ],
    answerBy: null,
  };
  const story: Story = { detail: detailOf(shown), run: runOf(shown), log: [] };
  story.detail.runs = [
    {
      runId: `${request}-1`,
      state: 'completed',
      stateWord: 'Done',
      startedAt: shown.steps[0]?.startedAt ?? null,
      endedAt: shown.steps.at(-1)?.endedAt ?? null,
    },
  ];
  for (const one of shown.steps)
    say(story, one.position, `${one.summary}\nok\n`, { at: one.startedAt ?? ago(0) });
  return story;
}

/** A run that failed because a port is taken. */
export function failed(request: number): Story {
  const [first, second, third, fourth, fifth] = kumaSteps() as [
    CardStep,
    CardStep,
    CardStep,
    CardStep,
    CardStep,
  ];
  const why =
    'Port 3001 on sandbox is already used by the container grafana, so Uptime Kuma could not start.';
  const shown: Card = {
    ...kumaCard(request, 5400),
    state: 'failed',
    stateWord: 'Failed',
    run: `${request}-1`,
    message: `${why} The folder and compose.yaml are there; no container runs.`,
    steps: [
      ran(first, 5300, 0.3),
      ran(second, 5299, 0.2),
      ran(third, 5298, 41.3),
      {
        ...fourth,
        state: 'failed',
        stateWord: 'Failed',
        result: why,
        startedAt: ago(5256),
        endedAt: ago(5249.9),
      },
      { ...fifth, state: 'stopped', stateWord: 'Not started' },
    ],
    decisions: [{ words: 'Approved by Anna in the console', at: ago(5302), comment: null }],
    actions: [
      { kind: 'ask', label: 'Plan it again', tone: 'primary', value: 'deploy kuma', blocked: null },
      onIt,
      {
        kind: 'ask',
        label: 'Deploy it on port 3002',
        tone: 'plain',
        value: 'deploy kuma on port 3002',
        blocked: null,
      },
    ],
    answerBy: null,
  };
  const run = runOf(shown, { summary: why });
  const task = run.tasks[3];
  const attempt = task?.attempts[0];
  if (task && attempt) {
    task.attempts = [
      { ...attempt, attemptId: 'a1', startedAt: ago(5256), endedAt: ago(5253) },
      { ...attempt, attemptId: 'a2', number: 2, startedAt: ago(5252), endedAt: ago(5249.9) },
    ];
  }
  const story: Story = {
    detail: detailOf(shown),
    run,
    log: [],
    alert: {
      kind: 'gave_up',
      headline: 'Chiffon gave up: “Deploy Uptime Kuma 2.0.2 on sandbox” failed at step 4 of 5.',
      need: why,
      at: ago(5249),
    },
  };
  story.detail.runs = [
    {
      runId: `${request}-1`,
      state: 'failed',
      stateWord: 'Failed',
      startedAt: ago(5300),
      endedAt: ago(5249.9),
    },
  ];
  say(story, 1, 'services/uptime-kuma/data\n', { at: ago(5300) });
  say(story, 3, '\u001b[32m✔\u001b[0m uptime-kuma \u001b[1mPulled\u001b[0m\n', { at: ago(5257) });
  for (const attempt of [1, 2])
    say(
      story,
      4,
      '\u001b[33m Network uptime-kuma_default\u001b[0m  Created\n Container uptime-kuma  Created\n Container uptime-kuma  Starting\n\u001b[31mError response from daemon:\u001b[0m failed to set up container networking: driver failed programming external connectivity on endpoint uptime-kuma: Bind for 0.0.0.0:3001 failed: port is already allocated\n',
      { at: ago(5250), stream: 'err', attempt },
    );
  return story;
}

/** A run whose last step may or may not have finished: a person says what is true. */
export function uncertain(request: number): Story {
  const [first, second, third, fourth, fifth] = kumaSteps() as [
    CardStep,
    CardStep,
    CardStep,
    CardStep,
    CardStep,
  ];
  const why =
    'The connection to sandbox broke while the container was starting, and sandbox has restarted since.';
  const verdict = (label: string, value: string): CardAction => ({
    kind: 'reset',
    label,
    tone: 'plain',
    value,
    blocked: null,
  });
  const shown: Card = {
    ...kumaCard(request, 9000),
    state: 'unknown',
    stateWord: 'Outcome unknown',
    run: `${request}-1`,
    message: `${why} Look at the machine and say what is true; nothing runs until then.`,
    steps: [
      ran(first, 8900, 0.3),
      ran(second, 8899, 0.2),
      ran(third, 8898, 41.3),
      { ...fourth, state: 'unknown', stateWord: 'Outcome unknown', result: why, startedAt: ago(8850) },
      fifth,
    ],
    actions: [
      verdict('It did finish', 'completed'),
      verdict('It did not finish', 'failed'),
      verdict('Run the step again', 'again'),
      onIt,
    ],
    answerBy: null,
  };
  return {
    detail: detailOf(shown),
    run: runOf(shown),
    log: [],
    alert: {
      kind: 'review',
      headline: 'Nobody can say whether step 4 of “Deploy Uptime Kuma 2.0.2 on sandbox” finished.',
      need: 'Look at the machine and say what is true; nothing runs there until then.',
      at: ago(8800),
    },
  };
}

/** Something a rule forbids. */
export function refused(request: number): Story {
  const suggestion = (label: string, value: string): CardAction => ({
    kind: 'ask',
    label,
    tone: 'plain',
    value,
    blocked: null,
  });
  const shown = card(request, {
    plan: null,
    revision: null,
    hash: null,
    risk: null,
    state: 'refused',
    stateWord: 'Not allowed',
    title: 'Nothing ran: rebooting n100 is on the list nobody can approve',
    ask: { person: 'Carl', surface: 'discord', at: ago(7200), words: 'reboot the n100' },
    message:
      'Rule floor.host-power: all services and Chiffon itself live on n100, so no words and no approval make it power-cycle. The list is under Settings, Rules.',
    actions: [
      suggestion('Restart the containers on n100', 'restart all containers on n100'),
      suggestion('Check whether n100 needs a reboot', 'does n100 need a reboot'),
    ],
  });
  return { detail: detailOf(shown), run: null, log: [] };
}

/** A read-only answer. */
export function answered(request: number): Story {
  const shown = card(request, {
    state: 'answer',
    stateWord: 'Answer',
    risk: 'read',
    title: 'Disk on n100: 61 % used, 142 GB free',
    ask: { person: 'Anna', surface: 'console', at: ago(8000), words: 'how full is the disk on n100' },
    message:
      'It fills in about 9 weeks at the pace of the last month.\n\n/        38 %    23 of  60 GB\n/srv     61 %   226 of 372 GB    jellyfin 88, photos 71, backups 40 GB',
    steps: [
      {
        ...ran(
          step(1, {
            target: 'n100',
            summary: 'Read the disks',
            exact: 'df --output=target,pcent,used,size -B1M',
          }),
          8000,
          0.4,
        ),
      },
      {
        ...ran(
          step(2, { target: 'n100', summary: 'Read the biggest folders', exact: 'du -sm /srv/*' }),
          7999,
          1.7,
        ),
      },
    ],
    decisions: [{ words: 'Allowed by rule read-only: nothing was changed', at: ago(8000), comment: null }],
    actions: [
      {
        kind: 'ask',
        label: 'Make a plan to free space',
        tone: 'plain',
        value: 'free space on n100',
        blocked: null,
      },
    ],
  });
  return { detail: detailOf(shown), run: null, log: [] };
}

/** A plan somebody said no to. */
export function rejected(request: number): Story {
  const shown: Card = {
    ...kumaCard(request, 200_000),
    state: 'rejected',
    stateWord: 'Rejected by Anna',
    decisions: [
      { words: 'Rejected by Anna in the console', at: ago(199_000), comment: 'not before the weekend' },
    ],
    actions: [],
    answerBy: null,
  };
  return { detail: detailOf(shown), run: null, log: [] };
}

/** A finished run that said many lines. */
export function talkative(request: number, lines: number): Story {
  const shown: Card = {
    ...kumaCard(request, 300_000),
    title: 'Back up photos from n100 to backup01',
    ask: { person: 'Anna', surface: 'terminal', at: ago(300_000), words: 'backup photos' },
    state: 'done',
    stateWord: 'Done',
    run: `${request}-1`,
    message: `${lines} files were copied to backup01 and compared.`,
    steps: [
      ran(
        step(1, {
          target: 'n100',
          summary: 'Copy the photos',
          exact: 'rsync -a --info=name1 /srv/photos/ backup01:/srv/photos/',
        }),
        299_000,
        300,
      ),
    ],
    actions: [],
    effects: [],
    answerBy: null,
  };
  const story: Story = { detail: detailOf(shown), run: runOf(shown), log: [] };
  story.detail.runs = [
    {
      runId: `${request}-1`,
      state: 'completed',
      stateWord: 'Done',
      startedAt: ago(299_000),
      endedAt: ago(298_700),
    },
  ];
  for (let line = 1; line <= lines; line += 100)
    say(
      story,
      1,
      Array.from({ length: Math.min(100, lines - line + 1) }, (_, i) => {
        const number = line + i;
        const name = `2026/${String(1 + (number % 12)).padStart(2, '0')}/IMG_${String(number).padStart(5, '0')}.jpg`;
        return number % 997 === 0 ? `\u001b[33mwarning:\u001b[0m ${name} has no date\n` : `${name}\n`;
      }).join(''),
      { at: ago(299_000 - line * 0.03) },
    );
  return story;
}

/** Everything a lived-in house has, newest first. */
export function livedIn(): Story[] {
  return [
    needsYou(150),
    running(149),
    question(148),
    destructive(147),
    revised(146),
    failed(145),
    refused(144),
    answered(143),
    finished(142),
    rejected(141),
    talkative(140, 600),
    uncertain(139),
  ];
}

/** The same stories as somebody sees them who may look but not decide. */
export function withoutRights(stories: readonly Story[]): Story[] {
  const reasons: Readonly<Record<string, string>> = {
    approve: 'Carl can look but not approve changes. Anna or Ben can. Nothing ran.',
    cancel: 'Carl can look but not stop or settle runs. Anna or Ben can.',
    reset: 'Carl can look but not stop or settle runs. Anna or Ben can.',
    reject: "Carl can look but not decide about other people's plans. Anna or Ben can.",
    changes: "Carl can look but not decide about other people's plans. Anna or Ben can.",
  };
  for (const { detail } of stories) {
    detail.card.confirmCode = null;
    detail.card.actions = detail.card.actions.map((action) => ({
      ...action,
      blocked: reasons[action.kind] ?? null,
    }));
  }
  return [...stories];
}
