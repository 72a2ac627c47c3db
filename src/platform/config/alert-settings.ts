import { z } from 'zod';
import { filePath } from './file-path.ts';

/** A way to make somebody's phone ring. Which keys it needs depends on its kind; `check-phones` says what is missing. */
export const PhoneSetting = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,31}$/)
      .meta({
        title: 'a short name of lower-case letters, digits, dots, hyphens and underscores',
        description: 'What it is called in messages and in doctor.',
        examples: ['anna-phone'],
      }),
    kind: z.enum(['webhook', 'gotify', 'pushover', 'ntfy']).meta({
      description:
        'ntfy needs a topic, gotify a server and a tokenFile, pushover a tokenFile and a userFile, webhook a urlFile.',
    }),
    server: z
      .url({ protocol: /^https?$/ })
      .nullable()
      .default(null)
      .meta({
        description: "The server's address, where it is not the provider's own.",
        examples: ['https://ntfy.example.org'],
      }),
    topic: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/)
      .nullable()
      .default(null)
      .meta({
        title: 'a topic of letters, digits, hyphens and underscores',
        description:
          'The topic of ntfy. On a public server whoever knows it can read along: choose a long random one.',
        examples: ['chiffon-5b0f2c9e7a'],
        'x-in-example': true,
      }),
    tokenFile: filePath
      .nullable()
      .default(null)
      .meta({
        description: "A file (mode 0600) with the access token of the server, or of Pushover's application.",
        examples: ['~/.config/chiffon/ntfy.token'],
      }),
    userFile: filePath
      .nullable()
      .default(null)
      .meta({
        description: 'A file (mode 0600) with the user key of Pushover.',
        examples: ['~/.config/chiffon/pushover.user'],
      }),
    urlFile: filePath
      .nullable()
      .default(null)
      .meta({
        description: 'A file (mode 0600) with the address a webhook posts to.',
        examples: ['~/.config/chiffon/webhook.url'],
      }),
  })
  .meta({ title: 'a group of keys: name, kind and so on' });
export type PhoneSetting = z.output<typeof PhoneSetting>;

/** When phones ring. */
export const AlertSettings = z.strictObject({
  repeatMinutes: z.number().min(1).max(1440).default(10).meta({
    description: 'How long until the phones ring again, as long as nobody says “I’m on it”.',
  }),
  stopAfterHours: z.number().min(0).max(168).default(12).meta({
    description: 'After this long nothing rings again; the request still says that it needs somebody.',
  }),
  quietHours: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d$/)
    .nullable()
    .default(null)
    .meta({
      title: 'two times of day, such as 22:00-07:00',
      description: 'When nothing rings but what Chiffon gave up on.',
      examples: ['22:00-07:00'],
    }),
});

/** The sign of life for something outside that watches Chiffon. */
export const HeartbeatSettings = z.strictObject({
  urlFile: filePath
    .nullable()
    .default(null)
    .meta({
      description:
        'A file (mode 0600) with an address that is fetched regularly while Chiffon works, such as the push address of a monitor in Uptime Kuma; CHIFFON_HEARTBEAT_URL does the same.',
      examples: ['/run/secrets/heartbeat_url'],
    }),
  everySeconds: z.int().min(5).max(3600).default(60).meta({
    description: 'How often. The watcher should wait for about two of them before it calls.',
  }),
});
