import { randomBytes } from 'node:crypto';
import { ApiError, badForm, refused, unknown } from './api-error.ts';
import { checkChoices } from './command-rules.ts';
import { checkModal, flags } from './message-rules.ts';
import type { Component, StoredMessage, User, World } from './world.ts';

/** How long Discord waits for the first answer, and how long a token lives, in milliseconds. */
const firstAnswerMs = 3_000;
const tokenMs = 15 * 60_000;

export interface ModalShown {
  readonly custom_id: string;
  readonly title: string;
  readonly components: readonly Component[];
}

/** Something a person did that wants an answer, and what they saw of the answers. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: 2 | 3 | 4 | 5;
  readonly user: User;
  readonly channel: string;
  readonly message: StoredMessage | null;
  readonly createdAt: number;
  /** The number of Discord's callback type, once there was an answer. */
  answered: number | null;
  /** How long the first answer took, in milliseconds of the double's clock. */
  answeredAfterMs: number | null;
  /** Every try to answer it: the type, or the code of the refusal. */
  readonly tries: (number | `refused ${number}`)[];
  modal: ModalShown | null;
  choices: readonly { readonly name: string; readonly value: string | number }[] | null;
  /** What was said to this person alone, in order. */
  readonly told: StoredMessage[];
  original: StoredMessage | null;
}

/** Keeps interactions and holds answers to their rules. */
export class Interactions {
  readonly #world: World;
  readonly #byToken = new Map<string, Interaction>();

  constructor(world: World) {
    this.#world = world;
  }

  create(of: Pick<Interaction, 'type' | 'user' | 'channel' | 'message'>): Interaction {
    const interaction: Interaction = {
      ...of,
      id: this.#world.freshId(),
      token: randomBytes(24).toString('base64url'),
      createdAt: this.#world.now(),
      answered: null,
      answeredAfterMs: null,
      tries: [],
      modal: null,
      choices: null,
      told: [],
      original: null,
    };
    this.#byToken.set(interaction.token, interaction);
    return interaction;
  }

  /**
   * The first answer. What it shows is left to `show`, which posts and edits messages.
   */
  answer(
    id: string,
    token: string,
    raw: unknown,
    show: {
      readonly post: (body: unknown, mostFlags: number) => StoredMessage;
      readonly update: (message: StoredMessage, body: unknown) => void;
    },
  ): void {
    const interaction = this.#byToken.get(token);
    if (interaction === undefined || interaction.id !== id) throw unknown.interaction();
    const { type, data } = (raw ?? {}) as { type?: number; data?: { flags?: number } };
    try {
      this.#answer(interaction, type, data, show);
      interaction.tries.push(type ?? 0);
    } catch (error) {
      interaction.tries.push(`refused ${error instanceof ApiError ? error.code : 0}`);
      throw error;
    } finally {
      this.#world.changed();
    }
  }

  #answer(
    interaction: Interaction,
    type: number | undefined,
    data: { flags?: number } | undefined,
    show: {
      readonly post: (body: unknown, mostFlags: number) => StoredMessage;
      readonly update: (message: StoredMessage, body: unknown) => void;
    },
  ): void {
    if (interaction.answered !== null) throw refused.acknowledged();
    const after = this.#world.now() - interaction.createdAt;
    if (after > firstAnswerMs) throw unknown.interaction();
    if (type === undefined || !fitting[interaction.type].includes(type))
      throw badForm(
        'type',
        'INTERACTION_RESPONSE_TYPE_INVALID',
        `Type ${type} does not answer this interaction`,
      );
    if (type === 4)
      interaction.original = show.post(
        data,
        flags.ephemeral | flags.componentsV2 | flags.suppressEmbeds | flags.quiet,
      );
    if (type === 5) {
      if (((data?.flags ?? 0) & ~flags.ephemeral) !== 0)
        throw badForm('data.flags', 'BASE_TYPE_BAD', 'Only the EPHEMERAL flag may be set');
      interaction.original = show.post({ content: '…', flags: data?.flags ?? 0 }, flags.ephemeral);
      interaction.original.content = '';
      interaction.original.thinking = true;
    }
    if (type === 6 || type === 7) {
      if (interaction.message === null)
        throw badForm('type', 'INTERACTION_RESPONSE_TYPE_INVALID', 'There is no message to update');
      interaction.original = interaction.message;
      if (type === 7) show.update(interaction.message, data);
    }
    if (type === 8) interaction.choices = checkChoices(data);
    if (type === 9) interaction.modal = checkModal(data);
    interaction.answered = type;
    interaction.answeredAfterMs = after;
    if ((type === 4 || type === 5) && interaction.original?.onlyFor != null)
      interaction.told.push(interaction.original);
  }

  /** The interaction of a token, whatever its state. */
  peek(token: string): Interaction | undefined {
    return this.#byToken.get(token);
  }

  /** The interaction a follow-up belongs to. */
  ofToken(application: string, token: string): Interaction {
    const interaction = this.#byToken.get(token);
    if (interaction === undefined || application !== this.#world.application) throw unknown.webhook();
    if (interaction.answered === null) throw unknown.webhook();
    if (this.#world.now() - interaction.createdAt > tokenMs)
      throw new ApiError(401, 50_027, 'Invalid Webhook Token');
    return interaction;
  }
}

/** Which callback types answer which kind of interaction. */
const fitting: Readonly<Record<Interaction['type'], readonly number[]>> = {
  2: [4, 5, 9],
  3: [4, 5, 6, 7, 9],
  4: [8],
  5: [4, 5, 6, 7],
};
