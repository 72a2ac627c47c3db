import { InteractionResponseType, InteractionType, MessageFlags, type REST, Routes } from 'discord.js';
import type { Act, Answer, Heard, Listener, Offers, SurfaceMemory } from '#chat/surface-port.ts';
import type { FlowLog } from '#flow/log-port.ts';
import { newReference } from '#platform/reference.ts';
import { type Channels, placeOf } from './channels.ts';
import { type Pressed, readCustomId } from './custom-ids.ts';
import { toldText } from './draw-texts.ts';
import type { Messenger } from './messenger.ts';
import { changesModal, codeModal, modalFields } from './modals.ts';
import { actorOf, channelOf, fieldOf, type RawInteraction } from './raw-events.ts';
import { discordCodes, isCode } from './sending-errors.ts';
import { actOfCommand, completions } from './slash-commands.ts';

export interface InteractionDeps {
  readonly rest: REST;
  readonly listener: Listener;
  readonly memory: Pick<SurfaceMemory, 'actedOn'>;
  readonly messenger: Pick<Messenger, 'reply'>;
  readonly channels: Channels;
  readonly log: FlowLog;
}

/** How what has to be said to the person reaches them. */
type AnswerWay =
  /** A silent acknowledgement was given: a message of its own that only they see. */
  | 'follow-up'
  /** "Chiffon is thinking…" stands there, for them alone, and waits to be filled or taken away. */
  | 'fill';

const foreignWords =
  'This does not belong to a card of Chiffon as it is now, so nothing happened. The newest card in the thread is the one that counts.';
const goneCommandWords =
  'Chiffon does not know this command any more, so nothing happened. Type / again to see the commands there are now.';

/** Discord wants an answer within three seconds; what is offered has to be there well before. */
const offersWithin = 1_500;

/**
 * Everything people press, choose, type into a form or run as a slash command. Discord is answered first, within its
 * three seconds, before anything else is looked at; then the act is handed on, whether Discord took the answer or not.
 */
export class InteractionEar {
  readonly #deps: InteractionDeps;
  #offers: Offers | null = null;

  constructor(deps: InteractionDeps) {
    this.#deps = deps;
  }

  /** Never rejects. */
  async hear(interaction: RawInteraction): Promise<void> {
    try {
      switch (interaction.type) {
        case InteractionType.MessageComponent:
          return await this.#pressed(interaction);
        case InteractionType.ModalSubmit:
          return await this.#submitted(interaction);
        case InteractionType.ApplicationCommand:
          return await this.#commanded(interaction);
        case InteractionType.ApplicationCommandAutocomplete:
          return await this.#completing(interaction);
      }
    } catch (error) {
      this.#deps.log.error(
        { interaction: interaction.id, error: messageOf(error) },
        'an interaction from Discord could not be handled',
      );
    }
  }

  async #pressed(interaction: RawInteraction): Promise<void> {
    const pressed = readCustomId(interaction.data.custom_id ?? '');
    if (pressed === null) return this.#tellAtOnce(interaction, foreignWords);
    // A form has to be the first answer, so nothing may be looked up before it is opened.
    if (pressed.action === 'ch')
      return this.#respond(interaction, {
        type: InteractionResponseType.Modal,
        data: changesModal(pressed.plan, pressed.hash),
      });
    if (pressed.action === 'ac')
      return this.#respond(interaction, {
        type: InteractionResponseType.Modal,
        data: codeModal(pressed.plan, pressed.hash),
      });
    const acknowledged = this.#respond(interaction, { type: InteractionResponseType.DeferredMessageUpdate });
    const act = actOfPress(pressed, interaction.data.values);
    await this.#handOn(interaction, act, pressed, 'follow-up', acknowledged);
  }

  async #submitted(interaction: RawInteraction): Promise<void> {
    const way: AnswerWay = interaction.message == null ? 'fill' : 'follow-up';
    const acknowledged = this.#respond(
      interaction,
      way === 'follow-up' ? { type: InteractionResponseType.DeferredMessageUpdate } : thinking,
    );
    const pressed = readCustomId(interaction.data.custom_id ?? '');
    const act = pressed === null ? null : actOfForm(pressed, interaction);
    await this.#handOn(interaction, act, pressed, way, acknowledged);
  }

  async #commanded(interaction: RawInteraction): Promise<void> {
    const acknowledged = this.#respond(interaction, thinking);
    const { commands } = await this.#freshOffers();
    const act = actOfCommand(interaction.data.name ?? '', interaction.data.options, commands);
    const answer = act === null ? tell(goneCommandWords) : await this.#ask(interaction, act);
    await acknowledged;
    await this.#answer(interaction, answer, 'fill');
  }

  async #completing(interaction: RawInteraction): Promise<void> {
    const focused = interaction.data.options.find((option) => option.focused === true);
    const offers = await this.#offersInTime();
    const choices = focused === undefined ? [] : completions(interaction.data.name ?? '', focused, offers);
    await this.#respond(interaction, {
      type: InteractionResponseType.ApplicationCommandAutocompleteResult,
      data: { choices },
    });
  }

  /** Checks that the card it was pressed on is ours and about the same, hands the act on and answers. */
  async #handOn(
    interaction: RawInteraction,
    act: Act | null,
    pressed: Pressed | null,
    way: AnswerWay,
    acknowledged: Promise<void>,
  ): Promise<void> {
    const answer =
      act === null || pressed === null || !(await this.#isOurs(interaction, pressed))
        ? tell(foreignWords)
        : await this.#ask(interaction, act);
    await acknowledged;
    await this.#answer(interaction, answer, way);
  }

  async #isOurs(interaction: RawInteraction, pressed: Pressed): Promise<boolean> {
    if (interaction.message == null) return true;
    const posted = await this.#deps.memory.actedOn(interaction.message.id);
    return posted?.request === ('plan' in pressed ? pressed.plan : pressed.request);
  }

  async #ask(interaction: RawInteraction, act: Act): Promise<Answer> {
    const actor = actorOf(interaction);
    const channel = channelOf(interaction);
    if (actor === null || channel === null || actor.bot === true) return tell(foreignWords);
    const heard: Heard = {
      id: interaction.id,
      account: actor.id,
      ...(await this.#whereIs(channel, interaction)),
      message: interaction.message?.id ?? null,
      act,
    };
    try {
      return await this.#deps.listener.heard(heard);
    } catch (error) {
      const reference = newReference();
      this.#deps.log.error(
        { reference, interaction: interaction.id, act: act.kind, error: messageOf(error) },
        'something nobody foresaw went wrong with what was asked on Discord',
      );
      return tell(
        `Something went wrong that nobody foresaw (reference ${reference}). Look at the card or the console to see what was done before you try again.`,
      );
    }
  }

  async #whereIs(channel: string, interaction: RawInteraction): Promise<Pick<Heard, 'place' | 'direct'>> {
    try {
      const described = interaction.channel == null ? null : this.#deps.channels.learn(interaction.channel);
      const kind = described ?? (await this.#deps.channels.kind(channel));
      return { place: placeOf(channel, kind), direct: kind.direct };
    } catch (error) {
      this.#deps.log.warn(
        { channel, error: messageOf(error) },
        'Discord did not say what kind of channel this is',
      );
      return { place: { channel, thread: null }, direct: interaction.guild_id == null };
    }
  }

  async #answer(interaction: RawInteraction, answer: Answer, way: AnswerWay): Promise<void> {
    const { rest } = this.#deps;
    const { application_id: application, token } = interaction;
    const content = answer.kind === 'tell' ? toldText(answer.words) : null;
    try {
      if (content === null) {
        if (way === 'fill') await rest.delete(Routes.webhookMessage(application, token), { auth: false });
      } else if (way === 'fill') {
        await rest.patch(Routes.webhookMessage(application, token), {
          auth: false,
          body: { content, allowed_mentions: { parse: [] } },
        });
      } else {
        await rest.post(Routes.webhook(application, token), {
          auth: false,
          body: {
            content,
            flags: MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds,
            allowed_mentions: { parse: [] },
          },
        });
      }
    } catch (error) {
      this.#deps.log.warn(
        { interaction: interaction.id, error: messageOf(error) },
        'an answer could not be given to one person alone on Discord',
      );
      if (content !== null) await this.#sayPublicly(interaction, content);
    }
  }

  /** Where nothing can be said to one person alone: a short answer everybody sees, which rings nobody. */
  async #sayPublicly(interaction: RawInteraction, content: string): Promise<void> {
    const channel = channelOf(interaction);
    const actor = actorOf(interaction);
    if (channel === null) return;
    const { place } = await this.#whereIs(channel, interaction);
    const sent = await this.#deps.messenger.reply(
      place,
      interaction.message?.id ?? null,
      `${actor === null ? '' : `<@${actor.id}> `}${content}`,
      `answer ${interaction.id}`,
    );
    if (!sent.ok)
      this.#deps.log.warn(
        { interaction: interaction.id, why: sent.why },
        'an answer could not be given on Discord',
      );
  }

  #tellAtOnce(interaction: RawInteraction, words: string): Promise<void> {
    return this.#respond(interaction, {
      type: InteractionResponseType.ChannelMessageWithSource,
      data: { content: toldText(words), flags: MessageFlags.Ephemeral, allowed_mentions: { parse: [] } },
    });
  }

  /** Answers Discord itself. What it says to that is written down and stops nothing; never rejects. */
  async #respond(interaction: RawInteraction, body: unknown): Promise<void> {
    try {
      await this.#deps.rest.post(Routes.interactionCallback(interaction.id, interaction.token), {
        auth: false,
        body,
      });
    } catch (error) {
      const late = isCode(error, discordCodes.unknownInteraction);
      const twice = isCode(error, discordCodes.alreadyAcknowledged);
      this.#deps.log.warn(
        { interaction: interaction.id, error: messageOf(error) },
        late
          ? 'Discord had given up waiting for an answer; what was asked is done anyway'
          : twice
            ? 'Discord had an answer already; what was asked is done anyway'
            : 'Discord did not take an answer; what was asked is done anyway',
      );
    }
  }

  async #freshOffers(): Promise<Offers> {
    this.#offers = await this.#deps.listener.offers();
    return this.#offers;
  }

  async #offersInTime(): Promise<Offers> {
    const nothing: Offers = { commands: [], values: {}, openPlans: [] };
    const asked = this.#freshOffers().catch((error: unknown) => {
      this.#deps.log.warn(
        { error: messageOf(error) },
        'what can be picked on Discord could not be looked up',
      );
      return this.#offers ?? nothing;
    });
    const { promise: tooLate, resolve } = Promise.withResolvers<Offers>();
    const timer = setTimeout(() => resolve(this.#offers ?? nothing), offersWithin);
    try {
      return await Promise.race([asked, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }
}

const thinking = {
  type: InteractionResponseType.DeferredChannelMessageWithSource,
  data: { flags: MessageFlags.Ephemeral },
} as const;

function actOfPress(pressed: Pressed, values: readonly string[]): Act | null {
  switch (pressed.action) {
    case 'ap':
      return decision('approve', pressed);
    case 'rj':
      return decision('reject', pressed);
    case 'rh':
      return decision('changes', pressed);
    case 'st':
      return { kind: 'stop', plan: pressed.plan };
    case 'ok':
      return { kind: 'settle', plan: pressed.plan, verdict: 'completed' };
    case 'no':
      return { kind: 'settle', plan: pressed.plan, verdict: 'failed' };
    case 'ag':
      return { kind: 'settle', plan: pressed.plan, verdict: 'again' };
    case 'ak':
      return { kind: 'acknowledge', request: pressed.request };
    case 'an':
    case 'sg': {
      const [chosen = ''] = values;
      const index = pressed.index ?? (/^\d{1,2}$/.test(chosen) ? Number(chosen) : null);
      if (index === null) return null;
      return { kind: pressed.action === 'an' ? 'answer' : 'suggestion', request: pressed.request, index };
    }
    case 'ac':
    case 'ch':
      return null;
  }
}

function actOfForm(pressed: Pressed, interaction: RawInteraction): Act | null {
  if (pressed.action === 'ch')
    return { ...decision('changes', pressed), comment: fieldOf(interaction, modalFields.words) };
  if (pressed.action === 'ac')
    return { ...decision('approve', pressed), code: fieldOf(interaction, modalFields.code) };
  return null;
}

function decision(
  kind: 'approve' | 'reject' | 'changes',
  on: { readonly plan: number; readonly hash: string | null },
): Extract<Act, { kind: 'decide' }> {
  return { kind: 'decide', decision: kind, plan: on.plan, hash: on.hash, comment: null, code: null };
}

function tell(words: string): Answer {
  return { kind: 'tell', words };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
