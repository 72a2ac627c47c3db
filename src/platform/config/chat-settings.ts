import { z } from 'zod';
import { filePath } from './file-path.ts';

const channelId = z
  .string()
  .regex(/^[0-9]{1,20}$/)
  .meta({
    title: 'the id of a channel: digits',
    examples: ['1173204255221017214'],
  });

const roomId = z
  .string()
  .regex(/^!\S+$/)
  .meta({
    title: 'the id of a room: it begins with an exclamation mark',
    examples: ['!kitchen:example.org'],
  });

/** Discord: on as soon as there is a token. */
export const DiscordSettings = z.strictObject({
  tokenFile: filePath
    .nullable()
    .default(null)
    .meta({
      description:
        "A file (mode 0600) with the bot's token; DISCORD_TOKEN does the same. Without it, Chiffon is not on Discord.",
      examples: ['/run/secrets/discord_token'],
    }),
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .meta({
      description:
        'The address of the API of a server that is compatible with Discord; DISCORD_API_URL does the same.',
      examples: ['https://chat.example.org/api'],
    }),
  home: channelId
    .nullable()
    .default(null)
    .meta({
      title: 'the id of a channel: digits',
      description:
        'The channel in which Chiffon speaks up by itself, when something asked for elsewhere needs a decision or gave up.',
      examples: ['1173204255221017214'],
    }),
  guests: z.array(channelId).default([]).meta({
    description:
      'Channels in which people who are not listed under people may look and ask, and nothing else.',
  }),
  messageContent: z.boolean().default(false).meta({
    description:
      "Whether Chiffon reads messages that don't mention it, in its own threads. The Message Content intent must then be switched on for the bot.",
  }),
});

/** Matrix: on as soon as there is a token. */
export const MatrixSettings = z.strictObject({
  homeserver: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .meta({
      description: 'The address of the homeserver; MATRIX_HOMESERVER does the same.',
      examples: ['https://matrix.example.org'],
    }),
  userId: z
    .string()
    .regex(/^@[^:\s]+:\S+$/)
    .nullable()
    .default(null)
    .meta({
      title: 'a Matrix id such as @chiffon:example.org',
      description: "The bot's own Matrix id; MATRIX_USER_ID does the same.",
      examples: ['@chiffon:example.org'],
    }),
  tokenFile: filePath
    .nullable()
    .default(null)
    .meta({
      description:
        "A file (mode 0600) with the bot's access token; MATRIX_TOKEN does the same. Without it, Chiffon is not on Matrix.",
      examples: ['/run/secrets/matrix_token'],
    }),
  rooms: z
    .array(roomId)
    .default([])
    .meta({
      description: 'The rooms Chiffon accepts an invitation to. It stays out of all others.',
      examples: [['!kitchen:example.org']],
    }),
  home: roomId
    .nullable()
    .default(null)
    .meta({
      title: 'the id of a room: it begins with an exclamation mark',
      description:
        'The room in which Chiffon speaks up by itself, when something asked for elsewhere needs a decision or gave up.',
      examples: ['!kitchen:example.org'],
    }),
  guests: z.array(roomId).default([]).meta({
    description: 'Rooms in which people who are not listed under people may look and ask, and nothing else.',
  }),
  messagesPerSecond: z.number().positive().max(100).default(0.2).meta({
    description:
      'How many messages a second the homeserver takes from the bot. The default is that of Synapse; raise it when the limit is lifted for the bot.',
  }),
  ghosts: z
    .array(z.string().min(1))
    .default(['@_*'])
    .meta({
      description:
        'Matrix ids that a bridge makes up for people of other platforms; * stands for anything. They are never listened to.',
      examples: [['@_*', '@telegram_*']],
    }),
});
