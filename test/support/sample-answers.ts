import type { RecordAnswer } from '#core/record-answer.ts';

/** "All failures in the last week", with more than fits, and words that somebody or some host made up. */
export const manyFailures: RecordAnswer = {
  sentence: ['24 failures', ' since ', { at: '2026-11-21T14:30:00.000Z', how: 'day' }, ':'],
  groups: [
    {
      title: null,
      lines: [
        {
          at: '2026-11-28T09:32:00.000Z',
          who: 'Anna',
          what: 'Deploy Immich on nas',
          outcome: 'failed',
          note: 'step 4 of 6: the disk is full (Ended with exit code 28)',
          links: [
            { kind: 'plan', name: 'P-142', path: '/r/142' },
            { kind: 'run', name: 'run 142-1', path: '/r/142/run/1' },
            { kind: 'log', name: 'log', path: '/r/142/run/1#t4:L18' },
            {
              kind: 'commit',
              name: '8f2c1aa90b3d',
              path: null,
              commit: '8f2c1aa90b3d4e5f60718293a4b5c6d7e8f90a1b',
            },
          ],
        },
        {
          at: '2026-11-25T16:07:00.000Z',
          who: null,
          what: 'jellyfin: 3 × the port is taken',
          outcome: 'failed',
          note: 'first in P-131, last: bind **failed** on [::]:8096 @everyone',
          links: [
            { kind: 'plan', name: 'P-135', path: '/r/135' },
            { kind: 'run', name: 'run 135-1', path: '/r/135/run/1' },
            { kind: 'log', name: 'log', path: '/r/135/run/1#t2:L3' },
          ],
        },
        {
          at: '2026-11-24T20:00:00.000Z',
          who: null,
          what: 'nas could not be reached: <b>timed out</b>',
          outcome: 'failed',
          note: null,
          links: [],
        },
      ],
    },
  ],
  more: { count: 19, atLeast: false },
  advice: null,
  output: null,
  filter: { about: 'failures', since: '2026-11-21T14:30:00.000Z' },
  path: '/audit?about=failures&since=2026-11-21T14%3A30%3A00.000Z',
};

/** "What changed on Jellyfin since it last worked". */
export const sinceItWorked: RecordAnswer = {
  sentence: [
    'jellyfin last worked at ',
    { at: '2026-11-23T09:02:00.000Z', how: 'moment' },
    ' (P-120, Update Jellyfin on n100). ',
    'Since then 1 failure and what may have led to it:',
  ],
  groups: [
    {
      title: 'Most suspicious: changed just before the first failure',
      lines: [
        {
          at: '2026-11-25T13:52:00.000Z',
          who: 'Ben',
          what: 'Update Traefik on n100',
          outcome: 'succeeded',
          note: 'on the same machine',
          links: [
            { kind: 'plan', name: 'P-130', path: '/r/130' },
            { kind: 'run', name: 'run 130-1', path: '/r/130/run/1' },
          ],
        },
      ],
    },
    {
      title: 'Everything else since, newest first',
      lines: [
        {
          at: '2026-11-25T14:07:00.000Z',
          who: 'Anna',
          what: 'Restart Jellyfin on n100',
          outcome: 'failed',
          note: 'step 2 of 2: ended with exit code 1',
          links: [{ kind: 'plan', name: 'P-131', path: '/r/131' }],
        },
      ],
    },
  ],
  more: null,
  advice: null,
  output: 'bind: address already in use',
  filter: { about: 'changes', service: 'jellyfin', since: '2026-11-23T09:02:00.000Z' },
  path: '/audit?about=changes&service=jellyfin&since=2026-11-23T09%3A02%3A00.000Z',
};
