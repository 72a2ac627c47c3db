import { z } from 'zod';

/**
 * The events of the gateway Chiffon listens to, and of them only what it needs: Discord adds fields at will, and servers
 * that speak only part of its language leave out many.
 */

const RawUser = z.object({ id: z.string(), bot: z.boolean().optional() });

export const RawMessage = z.object({
  id: z.string(),
  channel_id: z.string(),
  guild_id: z.string().nullish(),
  author: RawUser,
  webhook_id: z.string().nullish(),
  type: z.number().default(0),
  content: z.string().default(''),
  mentions: z.array(z.object({ id: z.string() })).default([]),
});
export type RawMessage = z.infer<typeof RawMessage>;

const RawOption = z.object({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  focused: z.boolean().optional(),
});
export type RawOption = z.infer<typeof RawOption>;

const RawField = z.object({ custom_id: z.string().optional(), value: z.string().optional() });

export const RawInteraction = z.object({
  id: z.string(),
  application_id: z.string(),
  token: z.string(),
  type: z.number(),
  guild_id: z.string().nullish(),
  channel_id: z.string().nullish(),
  channel: z.looseObject({ id: z.string() }).nullish(),
  user: RawUser.nullish(),
  member: z.object({ user: RawUser }).nullish(),
  message: z.object({ id: z.string(), channel_id: z.string().nullish() }).nullish(),
  data: z
    .object({
      name: z.string().optional(),
      options: z.array(RawOption).default([]),
      custom_id: z.string().optional(),
      values: z.array(z.string()).default([]),
      /** Rows of fields, or labels with one field each. */
      components: z
        .array(z.object({ components: z.array(RawField).optional(), component: RawField.optional() }))
        .default([]),
    })
    .default({ options: [], values: [], components: [] }),
});
export type RawInteraction = z.infer<typeof RawInteraction>;

/** Who acted; null when the server doesn't say. */
export function actorOf(interaction: RawInteraction): z.infer<typeof RawUser> | null {
  return interaction.member?.user ?? interaction.user ?? null;
}

/** Where an interaction was made: servers that leave the channel out still name it on the message. */
export function channelOf(interaction: RawInteraction): string | null {
  return interaction.channel_id ?? interaction.channel?.id ?? interaction.message?.channel_id ?? null;
}

/** What was typed into a field of a form. */
export function fieldOf(interaction: RawInteraction, name: string): string | null {
  const fields = interaction.data.components.flatMap((row) => [
    ...(row.components ?? []),
    ...(row.component === undefined ? [] : [row.component]),
  ]);
  return fields.find((field) => field.custom_id === name)?.value?.trim() ?? null;
}
