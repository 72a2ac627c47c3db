import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalog, intentsOf, understand } from './house.ts';

const orders = [
  'deploy uptime kuma on n100',
  'update plex',
  'restart jellyfin',
  'stop gitea on the nas',
  'start sonarr',
  'remove dashy',
  'logs of traefik',
  'status of vaultwarden',
  'back up immich',
  'restore gitea',
  'disk space on n100',
  'which updates are waiting',
  'list containers',
  'snapshot vm 120',
  'list pods',
  'run stage talos',
  'reset stage obs',
  'show the backlog',
  'run TASK-7',
  'what failed this week',
  'restart plex and update gitea',
  'stop plex; start jellyfin',
];
const changes = orders.filter((words) =>
  /^(?:deploy|update|restart|stop|start|remove|back|restore|snapshot|run|reset)/.test(words),
);
const destructive = catalog.commands
  .filter(({ risk }) => risk === 'destructive')
  .flatMap(({ verbs }) => verbs);
const services = catalog.services.map(({ name }) => name);

describe('understanding', () => {
  test('answers whatever is thrown at it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc.string({ unit: 'grapheme', maxLength: 300 }),
          mixedWords(),
        ),
        (words) => {
          expect(['intents', 'question', 'refused', 'nothing']).toContain(understand(words).kind);
        },
      ),
      { numRuns: 600 },
    );
  });

  test('is pure: the same words mean the same again', () => {
    fc.assert(
      fc.property(mixedWords(), (words) => {
        const first = JSON.stringify(understand(words));
        understand('restart jelyfin and remvoe plex');
        expect(JSON.stringify(understand(words))).toBe(first);
      }),
      { numRuns: 200 },
    );
  });

  test('is not changed by politeness', () => {
    const before = fc.constantFrom(
      '',
      'please ',
      'hi! ',
      'hey chiffon, ',
      'could you please ',
      'Good morning! ',
      'ok, ',
      '@chiffon ',
      '  ',
      'can you ',
      '🙏 ',
    );
    const after = fc.constantFrom(
      '',
      ' please',
      ', thanks!',
      ' thank you',
      '!',
      '.',
      ' 🙏',
      ' asap',
      ' for me',
      ', cheers',
      '  ',
    );
    fc.assert(
      fc.property(before, fc.constantFrom(...orders), after, (start, words, end) => {
        expect(intentsOf(understand(start + words + end))).toEqual(intentsOf(understand(words)));
        expect(intentsOf(understand(words))).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('is not changed by capitals, ticks around names or a mark at the end', () => {
    const shapes: ((words: string) => string)[] = [
      (words) => words.toUpperCase(),
      (words) => `\`${words}\``,
      (words) => `${words} !!`,
      (words) => words.replace(/plex|gitea|jellyfin/g, '`$&`'),
    ];
    for (const words of orders) {
      for (const shape of shapes)
        expect([shape(words), intentsOf(understand(shape(words)))]).toEqual([
          shape(words),
          intentsOf(understand(words)),
        ]);
    }
  });

  test('never plans what is negated', () => {
    const negation = fc.constantFrom(
      "don't ",
      'do not ',
      'please do not ',
      'never ',
      'no need to ',
      "you don't need to ",
      'hi, please dont ',
      "let's not ",
      'nobody should ',
      "I don't want you to ",
      'we should not ',
      "don't you ",
      'under no circumstances ',
      'you must never ',
      'please never ',
    );
    fc.assert(
      fc.property(negation, fc.constantFrom(...changes), (no, words) => {
        expect(intentsOf(understand(no + words.split(';')[0]))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('never plans from conditions, reports or questions about an action', () => {
    const frames: ((words: string) => string)[] = [
      (words) => `if it breaks, ${words}`,
      (words) => `${words} if it breaks`,
      (words) => `${words} every night`,
      (words) => `whenever needed ${words.replace(/^/, 'you ')}`,
      (words) => `bob said ${words}`,
      (words) => `the docs say: ${words}`,
      (words) => `what happens if I ${words}?`,
      (words) => `should I ${words}?`,
      (words) => `how do I ${words}?`,
      (words) => `is it safe to ${words}?`,
      (words) => `why would you ${words}?`,
      (words) => `"${words}"`,
      (words) => `> ${words}`,
      (words) => `we had to ${words} last year`,
      (words) => `as soon as nobody is watching, ${words}`,
    ];
    for (const words of changes.filter((one) => !one.includes(';') && !one.includes(' and '))) {
      for (const frame of frames)
        expect([frame(words), intentsOf(understand(frame(words)))]).toEqual([frame(words), []]);
    }
  });

  test('never plans from text that cannot be read', () => {
    const hidden = fc.constantFrom(
      '\u200b',
      '\u202e',
      '\u2066',
      '\u0000',
      '\u001b[31m',
      '\ufeff',
      '\u2060',
      '\ud800',
      '\ufffd',
      '\u0085',
      '\u{e0041}',
      '\u00ad',
      '\u3164',
    );
    fc.assert(
      fc.property(fc.constantFrom(...orders), hidden, fc.nat(), (words, mark, where) => {
        const at = where % (words.length + 1);
        const understood = understand(words.slice(0, at) + mark + words.slice(at));
        expect(understood.kind === 'nothing' ? understood.why : understood.kind).toBe('unreadable');
      }),
      { numRuns: 400 },
    );
    expect(understand(`restart plex ${'please '.repeat(700)}`)).toMatchObject({
      kind: 'nothing',
      why: 'unreadable',
    });
  });

  test('never takes look-alike letters for plain ones', () => {
    const twins: readonly (readonly [string, string])[] = [
      ['e', 'е'],
      ['a', 'а'],
      ['o', 'о'],
      ['p', 'р'],
      ['c', 'с'],
      ['i', 'і'],
      ['e', 'ｅ'],
      ['a', 'α'],
      ['e', '𝐞'],
      ['o', 'ο'],
    ];
    for (const words of changes) {
      for (const [plain, twin] of twins.filter(([letter]) => words.includes(letter))) {
        expect([twin, intentsOf(understand(words.replace(plain, twin)))]).toEqual([twin, []]);
      }
    }
  });

  test('never guesses something destructive: a slip in verb or name is asked about at most', () => {
    const slip = fc.tuple(fc.constantFrom('drop', 'swap', 'double', 'change', 'cut'), fc.nat());
    fc.assert(
      fc.property(
        fc.constantFrom(...destructive),
        fc.constantFrom(...services),
        slip,
        fc.boolean(),
        (verb, service, [kind, where], inVerb) => {
          const wrong = slipIn(inVerb ? verb : service, kind, where);
          const known = inVerb
            ? destructive.includes(wrong)
            : catalog.services.some((one) =>
                [one.name, one.title, ...one.aliases].some((name) => squash(name) === squash(wrong)),
              );
          if (known || wrong.trim() === '') return;
          const words = inVerb ? `${wrong} ${service}` : `${verb} ${wrong}`;
          const risky = intentsOf(understand(words)).filter((intent) =>
            /remove|restore/.test((intent as { command: string }).command),
          );
          // A verb of several words may lose one and still be a verb of the list.
          if (inVerb && destructive.includes(wrong.replace(/\s+/g, ' ').trim())) return;
          expect([words, risky]).toEqual([words, []]);
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('offers only choices that are requests and suggestions that are understood', () => {
    const vague = [
      'restart something',
      'update all services',
      'deploy a media server',
      'remvoe plex',
      'restart plex or jellyfin',
      'run stage',
      'show logs',
      'deploy jelly',
      'update gitea and restart the container',
      'stop',
      'plex',
      'remove jelyfin',
      'reboot n100',
      'snapshot',
    ];
    for (const words of vague) {
      const understood = understand(words);
      const offered =
        understood.kind === 'question'
          ? understood.choices.map((choice) => choice.words)
          : understood.kind === 'intents'
            ? []
            : understood.suggestions;
      for (const offer of offered)
        expect([words, offer, intentsOf(understand(offer)).length > 0]).toEqual([words, offer, true]);
    }
  });
});

function mixedWords(): fc.Arbitrary<string> {
  const vocabulary = [
    ...orders.flatMap((words) => words.split(' ')),
    ...destructive,
    'not',
    "don't",
    'if',
    'and',
    'then',
    ',',
    ';',
    '?',
    'it',
    'all',
    'the',
    'on',
    'n100',
    ':8080',
    'port',
    '"',
    '`',
    '—',
    'no',
    'wait',
    '\n',
    'everything',
    'who',
    'what',
    'is',
  ];
  return fc.array(fc.constantFrom(...vocabulary), { maxLength: 25 }).map((words) => words.join(' '));
}

function slipIn(word: string, kind: string, where: number): string {
  const at = where % word.length;
  const next = word[at + 1] ?? '';
  switch (kind) {
    case 'drop':
      return word.slice(0, at) + word.slice(at + 1);
    case 'swap':
      return word.slice(0, at) + next + word[at] + word.slice(at + 2);
    case 'double':
      return word.slice(0, at) + word[at] + word.slice(at);
    case 'cut':
      return word.slice(0, Math.max(1, at));
    default:
      return `${word.slice(0, at)}x${word.slice(at + 1)}`;
  }
}

function squash(name: string): string {
  return name.toLowerCase().replace(/[\s._-]+/g, '');
}
