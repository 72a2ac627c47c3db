import { z } from 'zod';

const sentence = z.string().trim().min(1);

/** A service Chiffon can deploy and knows by name: one file in `commands/services`. */
export const ServiceEntry = z.strictObject({
  /** Stable and machine-friendly: the name of the file, of the folder on the host and in the ledger. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'small letters, digits and hyphens only'),
  /** As its makers write it. */
  title: sentence,
  /** What else people call it. No two services may share one. */
  aliases: z.array(sentence).default([]),
  /** What it is, in words people ask for: "password manager". Several services may share one. */
  kinds: z.array(sentence).min(1),
  /** Container image with an explicit tag. */
  image: z
    .string()
    .regex(/^[^\s:]+(?::\d+)?[^\s:]*:[\w.-]+$/, 'an image with a tag, such as louislam/uptime-kuma:1'),
  port: z.strictObject({
    container: z.number().int().min(1).max(65_535),
    host: z.number().int().min(1).max(65_535),
  }),
  /** Ports beside the one people open: what it does its work on, DNS for instance. They are opened as they stand here. */
  ports: z
    .array(
      z.strictObject({
        container: z.number().int().min(1).max(65_535),
        host: z.number().int().min(1).max(65_535),
        protocol: z.enum(['tcp', 'udp']).default('tcp'),
        why: sentence,
      }),
    )
    .default([]),
  /** What its container runs, where its image does nothing useful by itself. */
  command: z.array(sentence).min(1).optional(),
  /** The user inside its container, where its image's own user could not write into folders somebody else made. */
  user: z
    .string()
    .regex(/^\d+(?::\d+)?$/, 'a number, or two with a colon')
    .optional(),
  volumes: z.array(z.strictObject({ name: sentence, path: z.string().startsWith('/') })).default([]),
  /** Settings without which the container does not start well. Never a secret: those are listed in `needs`. */
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** What the owner has to provide before it works, a password for instance. */
  needs: z.array(z.strictObject({ name: sentence, why: sentence })).default([]),
  /** Where it says that it is well. Absent when it does not speak HTTP. */
  health: z
    .strictObject({
      path: z.string().startsWith('/'),
      status: z.array(z.number().int().min(100).max(599)).min(1),
    })
    .optional(),
  /** The page people open. Absent when it has none. */
  page: z.string().startsWith('/').optional(),
  /** How a deployment is taken back, as a sentence. */
  undo: sentence,
  /** False when a second container, a database for instance, is necessary; `note` says which. */
  standalone: z.boolean().default(true),
  /** What its owner should know before approving; stands on the card. */
  note: sentence.optional(),
  /** Why no plan can set it up, for a service that is only looked after: restarted, updated, shown. */
  by_hand: sentence.optional(),
  /** The package to use on a host without a container engine. */
  npm: z.strictObject({ package: sentence, version: sentence }).optional(),
});
export type ServiceEntry = z.infer<typeof ServiceEntry>;
