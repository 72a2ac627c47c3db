import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChatSurface, Heard, Outgoing, Place, SurfaceMemory } from '#chat/surface-port.ts';

type OutgoingCard = Extract<Outgoing, { kind: 'card' }>;

/** A platform as this suite uses it: what a person there can see and do, and how it can fail. */
export interface SurfaceHarness {
  /** A surface on the platform, as the next process would make it. Not started. */
  create(): ChatSurface;
  /** Resolves when what people do reaches the surface that was started last. */
  ready(surface: ChatSurface): Promise<void>;
  readonly channel: string;
  /** The account of the person who acts. */
  readonly person: string;
  /** The proposal to be shown, and the same request once it is done. */
  readonly proposal: OutgoingCard;
  readonly done: OutgoingCard;
  /** The person speaks to Chiffon in the channel; answers the message's id. */
  say(text: string): string;
  /** The person approves on the card itself. */
  approve(at: Place & { readonly message: string }): Promise<void>;
  /** The platform delivers the last thing the person did once more. */
  deliverAgain(): void;
  goAway(): Promise<void> | void;
  comeBack(): Promise<void> | void;
  /** The next message is refused because there were too many. */
  refuseNext(): void;
  /** What everybody reads of a message now; null when it is not there. */
  read(at: Place & { readonly message: string }): string | null;
  /** How many messages Chiffon has in a place. */
  count(place: Place): number;
  /** The accounts a message called when it was posted. */
  called(message: string): readonly string[];
  /** The content of the file a message carries. */
  file(message: string): string | null;
  stop(): Promise<void>;
}

/** The promises of `chat/surface-port.ts`, for every platform and every double of one. */
export function surfaceContract(name: string, open: () => Promise<SurfaceHarness>): void {
  describe(`the promises of a chat surface: ${name}`, () => {
    let harness: SurfaceHarness;
    let surface: ChatSurface;
    let heard: Heard[];
    let notes: Map<string, string>;
    let posts: Map<string, { request: number; kind: Outgoing['kind']; hash: string | null }>;

    const memory: SurfaceMemory = {
      recall: async (key) => notes.get(key) ?? null,
      remember: async (key, value) => {
        notes.set(key, value);
      },
      posted: async (message) => posts.get(message) ?? null,
      actedOn: async (message) => posts.get(message) ?? null,
    };
    const start = async (): Promise<void> => {
      surface = harness.create();
      await surface.start(
        {
          heard: async (what) => {
            heard.push(what);
            return { kind: 'done' };
          },
          offers: async () => ({ commands: [], values: {}, openPlans: [] }),
        },
        memory,
      );
      await harness.ready(surface);
    };
    const thread = async (): Promise<Place> => {
      const asked = harness.say('update jellyfin please');
      await soon(() => heard.length > 0);
      const { channel } = harness;
      const opened = await patiently(() =>
        surface.openThread({ channel, message: asked, title: 'R-142 update jellyfin', key: 'thread 142' }),
      );
      return opened;
    };
    const postCard = async (place: Place, key = 'card 142'): Promise<string> => {
      const { message, complete } = await patiently(() => surface.post(place, harness.proposal, key));
      posts.set(message, { request: 142, kind: 'card', hash: harness.proposal.card.hash });
      if (!complete) await patiently(() => surface.edit({ ...place, message }, harness.proposal));
      return message;
    };
    const note = (words: string, more: Partial<Extract<Outgoing, { kind: 'note' }>> = {}): Outgoing => ({
      kind: 'note',
      words,
      output: null,
      mentions: [],
      loud: false,
      ...more,
    });

    beforeEach(async () => {
      heard = [];
      notes = new Map();
      posts = new Map();
      harness = await open();
      await start();
    });
    afterEach(async () => {
      await surface.stop();
      await harness.stop();
    });

    test('what somebody says is heard with who, where and what', async () => {
      const message = harness.say('restart jellyfin on n100');
      await soon(() => heard.length > 0);
      expect(heard[0]).toMatchObject({
        account: harness.person,
        direct: false,
        message,
        place: { channel: harness.channel },
        act: { kind: 'say', text: 'restart jellyfin on n100' },
      });
    });

    test('a thread is opened once for its key, with a message of Chiffon’s own above it, also by the next process', async () => {
      const { channel } = harness;
      const own = { channel, message: null, title: 'R-143 update immich', key: 'thread 143' };
      const first = await patiently(() => surface.openThread(own));
      expect(first.thread).not.toBeNull();
      expect(await patiently(() => surface.openThread(own))).toEqual(first);
      await surface.stop();
      await start();
      expect(await patiently(() => surface.openThread(own))).toEqual(first);
    });

    test('a message is posted once for its key, also by the next process', async () => {
      const place = await thread();
      const once = await patiently(() => surface.post(place, note('Said once.'), 'note 1'));
      const twice = await patiently(() => surface.post(place, note('Said once.'), 'note 1'));
      expect(twice.message).toBe(once.message);
      const before = harness.count(place);
      await surface.stop();
      await start();
      const again = await patiently(() => surface.post(place, note('Said once.'), 'note 1'));
      expect(again.message).toBe(once.message);
      expect(harness.count(place)).toBe(before);
    });

    test('a card calls those it names when it is posted, evolves in place, and calls nobody then', async () => {
      const place = await thread();
      const calling = { ...harness.proposal, mentions: [harness.person], loud: true };
      const { message, complete } = await patiently(() => surface.post(place, calling, 'card 142'));
      if (!complete) await patiently(() => surface.edit({ ...place, message }, calling));
      expect(harness.called(message)).toEqual([harness.person]);
      expect(harness.read({ ...place, message })).toContain(harness.proposal.card.title);
      const messages = harness.count(place);
      await patiently(() => surface.edit({ ...place, message }, harness.done));
      expect(harness.read({ ...place, message })).toContain(harness.done.card.stateWord);
      expect(harness.count(place)).toBe(messages);
      expect(harness.called(message)).toEqual([harness.person]);
    });

    test('approving on the card is heard as a decision about exactly that revision', async () => {
      const place = await thread();
      const message = await postCard(place);
      heard.length = 0;
      await harness.approve({ ...place, message });
      await soon(() => heard.length > 0);
      expect(heard[0]).toMatchObject({
        account: harness.person,
        act: { kind: 'decide', decision: 'approve', plan: 142 },
      });
      const { act } = heard[0] ?? {};
      const hash = act?.kind === 'decide' ? (act.hash ?? '') : '';
      expect(hash.length).toBeGreaterThanOrEqual(8);
      expect(harness.proposal.card.hash?.startsWith(hash)).toBe(true);
    });

    test('a card that was posted before a restart can still be decided', async () => {
      const place = await thread();
      const message = await postCard(place);
      await surface.stop();
      await start();
      heard.length = 0;
      await harness.approve({ ...place, message });
      await soon(() => heard.some(({ act }) => act.kind === 'decide'));
    });

    test('the same event delivered twice has the same id', async () => {
      harness.say('restart jellyfin');
      await soon(() => heard.length > 0);
      harness.deliverAgain();
      harness.say('something else');
      await soon(() => heard.some(({ act }) => act.kind === 'say' && act.text === 'something else'));
      const ids = heard.flatMap(({ act, id }) =>
        act.kind === 'say' && act.text === 'restart jellyfin' ? [id] : [],
      );
      expect(new Set(ids).size).toBe(1);
    });

    test('a long text travels as a file, byte for byte', async () => {
      const place = await thread();
      const content = Array.from({ length: 10_000 }, (_, i) => `line ${i + 1} – grüße`).join('\n');
      const sent = await patiently(() =>
        surface.post(
          place,
          { kind: 'file', name: 'run-142-1.log', content, words: 'The whole log.' },
          'log 1',
        ),
      );
      expect(harness.file(sent.message)).toBe(content);
    });

    test('text of a host is shown and does nothing', async () => {
      const place = await thread();
      const output =
        '@everyone <@1> @room [free](https://evil.example) ```\n# big\n```\n<b>bold</b> \u202Egnp.exe';
      const sent = await patiently(() => surface.post(place, note('It printed this:', { output }), 'note 2'));
      expect(harness.called(sent.message)).toEqual([]);
      expect(harness.read({ ...place, message: sent.message })).toContain('big');
      expect(harness.read({ ...place, message: sent.message })).not.toContain('\u202E');
    });

    test('a platform that is away answers “later”, and the same call delivers once when it is back', async () => {
      const place = await thread();
      const before = harness.count(place);
      await harness.goAway();
      expect(await surface.post(place, note('Told late.'), 'note 3')).toMatchObject({
        ok: false,
        why: 'later',
      });
      await harness.comeBack();
      const sent = await patiently(() => surface.post(place, note('Told late.'), 'note 3'));
      expect(harness.read({ ...place, message: sent.message })).toContain('Told late.');
      expect(harness.count(place)).toBe(before + 1);
    });

    test('too many messages are waited for, not lost and not repeated', async () => {
      const place = await thread();
      const before = harness.count(place);
      harness.refuseNext();
      await patiently(() => surface.post(place, note('Told after a pause.'), 'note 4'));
      expect(harness.count(place)).toBe(before + 1);
    });

    test('after the stop nothing is heard any more', async () => {
      await surface.stop();
      heard.length = 0;
      harness.say('restart jellyfin');
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(heard).toEqual([]);
    });
  });
}

/** Calls again when the platform says "later", as the engine does. */
async function patiently<T>(
  call: () => Promise<{ ok: true; value: T } | { ok: false; why: string; afterMs?: number }>,
): Promise<T> {
  for (let tries = 0; tries < 40; tries += 1) {
    const sent = await call();
    if (sent.ok) return sent.value;
    if (sent.why !== 'later') throw new Error(`not sent: ${JSON.stringify(sent)}`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(sent.afterMs ?? 100, 500)));
  }
  throw new Error('the platform never took it');
}

async function soon(look: () => boolean): Promise<void> {
  await expect.poll(look, { timeout: 10_000, interval: 20 }).toBe(true);
}
