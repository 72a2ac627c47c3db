import { z } from 'zod';
import { Role } from '#core/person.ts';
import { AlertSettings, HeartbeatSettings, PhoneSetting } from './alert-settings.ts';
import { DiscordSettings, MatrixSettings } from './chat-settings.ts';
import { filePath } from './file-path.ts';
import { TrailSettings } from './trail-settings.ts';

const hostName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)
  .meta({ title: 'a name of letters, digits, dots, hyphens and underscores', examples: ['n100'] });

const networkAddress = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]+)?)$/,
  )
  .meta({
    title: 'a host name or an IP address, without user, port or scheme',
    examples: ['192.168.1.20', 'n100.lan'],
  });

const port = z.int().min(1).max(65_535);

const PersonSetting = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,31}$/)
      .meta({
        title: 'a short name of lower-case letters, digits, dots, hyphens and underscores',
        description: 'Short and stable: it stands in the record of every decision.',
        examples: ['anna'],
      }),
    name: z
      .string()
      .min(1)
      .max(60)
      .meta({ description: 'How Chiffon speaks of this person.', examples: ['Anna'] }),
    role: Role.exclude(['guest']).meta({
      description:
        'A viewer looks and asks, an operator also approves changes, an owner also approves what deletes something for good.',
    }),
    accounts: z
      .array(
        z
          .string()
          .regex(/^(?:console|discord|matrix):\S+$/)
          .meta({
            title: 'a surface, a colon and the account there',
            examples: ['console:anna', 'discord:204255221017214977', 'matrix:@anna:example.org'],
          }),
      )
      .default([])
      .meta({
        description: 'Where this person writes from. An account belongs to one person only.',
        examples: [['console:anna', 'matrix:@anna:example.org']],
      }),
    tokenFile: filePath
      .nullable()
      .default(null)
      .meta({
        description:
          'A file (mode 0600) with the token this person signs in with. Without it, nobody can sign in as them by token.',
        examples: ['~/.config/chiffon/anna.token'],
      }),
  })
  .meta({ title: 'a group of keys: id, name, role and so on' });

const HostSetting = z
  .strictObject({
    name: hostName.meta({
      title: 'a name of letters, digits, dots, hyphens and underscores',
      description: 'What people call it in a message: "restart jellyfin on n100".',
      examples: ['n100'],
    }),
    aliases: z
      .array(hostName)
      .default([])
      .meta({ description: 'Other names that mean the same machine.', examples: [['server', 'mini']] }),
    address: networkAddress.meta({
      title: 'a host name or an IP address, without user, port or scheme',
      description: 'Where its SSH server listens.',
      examples: ['192.168.1.20', 'n100.lan'],
    }),
    port: port.default(22).meta({ description: 'The port of its SSH server.' }),
    user: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}\$?$/)
      .meta({
        title: 'a user name on that machine',
        description: 'The user Chiffon signs in as. Give it only the rights its work needs.',
        examples: ['chiffon'],
      }),
    keyFiles: z
      .array(filePath)
      .default([])
      .meta({
        description: 'Private key files to offer, in this order.',
        examples: [['~/.ssh/id_ed25519']],
      }),
    passphraseFile: filePath
      .nullable()
      .default(null)
      .meta({
        description: 'A file (mode 0600) with the passphrase of the key files.',
        examples: ['~/.config/chiffon/n100.passphrase'],
      }),
    agent: z
      .boolean()
      .default(true)
      .meta({ description: 'Whether the keys of the SSH agent (SSH_AUTH_SOCK) are offered too.' }),
    jump: hostName
      .nullable()
      .default(null)
      .meta({
        title: 'the name of another host',
        description: 'The host of this list through which this one is reached.',
        examples: ['gateway'],
      }),
    serviceAddress: networkAddress
      .nullable()
      .default(null)
      .meta({
        title: 'a host name or an IP address, without user, port or scheme',
        description: 'Where the services of this host are opened, when it is not the SSH address.',
        examples: ['n100.lan'],
      }),
  })
  .meta({ title: 'a group of keys: name, address, user and so on' });

/**
 * What may stand in Chiffon's configuration file, with defaults. The descriptions are the comments of
 * `config/chiffon.yaml` and the words of the settings page; `npm run config` writes both files anew from here.
 */
export const Settings = z.strictObject({
  data: z
    .string()
    .min(1)
    .default('data')
    .meta({
      title: 'the path of a folder',
      description:
        'The folder for everything Chiffon keeps: the embedded database, its own keys, the git trail. Relative paths count from the folder Chiffon is started in.',
      examples: ['/var/lib/chiffon'],
    }),
  services: z
    .array(z.enum(['bot', 'worker', 'api']))
    .min(1)
    .default(['bot', 'worker', 'api'])
    .meta({
      title: 'a list of bot, worker and api',
      description:
        'What this process does: bot talks on the chat platforms, worker carries plans out, api serves the console and the REST API. Several processes share the work when they share the database.',
    }),
  console: z
    .strictObject({
      host: networkAddress.default('127.0.0.1').meta({
        title: 'a host name or an IP address, without user, port or scheme',
        description:
          'The address the console and the API listen on. Anything but this machine itself needs a token (see tokenFile).',
        examples: ['0.0.0.0'],
      }),
      port: z
        .int()
        .min(0)
        .max(65_535)
        .default(4180)
        .meta({ description: 'The port they listen on. 0 takes any free one.' }),
      publicUrl: z
        .url({ protocol: /^https?$/ })
        .nullable()
        .default(null)
        .meta({
          description:
            'The address people open, when a reverse proxy stands in front. It appears in links, and Chiffon answers to its name.',
          examples: ['https://chiffon.example.org'],
        }),
      tokenFile: filePath
        .nullable()
        .default(null)
        .meta({
          description:
            "A file (mode 0600) with the owner's token; CHIFFON_TOKEN does the same. Without either, one is made at the first start and kept in the data folder.",
          examples: ['/run/secrets/chiffon_token'],
        }),
    })
    .prefault({})
    .meta({ description: 'The web page and the REST API.' }),
  people: z
    .array(PersonSetting)
    .min(1)
    .default([{ id: 'owner', name: 'Owner', role: 'owner', accounts: [], tokenFile: null }])
    .meta({ description: 'Who may do what. Without this list there is one owner.' }),
  hosts: z.array(HostSetting).default([]).meta({
    description:
      'The machines Chiffon looks after. Without any, it works on a sandbox host of its own: a real SSH server on this machine, for trying things out.',
  }),
  defaultHost: hostName
    .nullable()
    .default(null)
    .meta({
      title: 'the name of a host of the list',
      description: 'The host that is meant when a message names none. With a single host it is that one.',
      examples: ['n100'],
    }),
  knownHostsFile: filePath
    .nullable()
    .default(null)
    .meta({
      description:
        'The SSH host keys that are trusted, in OpenSSH format. Without it, known_hosts in the data folder.',
      examples: ['~/.ssh/known_hosts'],
    }),
  commandsFolder: filePath
    .nullable()
    .default(null)
    .meta({
      title: 'a folder',
      description:
        'Commands and services of your own, laid out as the folder commands/ that ships with Chiffon; they stand beside those. Their steps pass the same judge and need the same approval.',
      examples: ['/etc/chiffon/commands'],
    }),
  discord: DiscordSettings.prefault({}).meta({ description: 'Chiffon on Discord.' }),
  matrix: MatrixSettings.prefault({}).meta({ description: 'Chiffon on Matrix.' }),
  phones: z.array(PhoneSetting).default([]).meta({
    description:
      'What rings when Chiffon gives up or needs somebody. Without any, only the chat threads and the console say so.',
  }),
  alerts: AlertSettings.prefault({}).meta({ description: 'When the phones ring.' }),
  heartbeat: HeartbeatSettings.prefault({}).meta({
    description: 'A sign of life for something outside that watches Chiffon.',
  }),
  timeZone: z
    .string()
    .refine((zone) => isTimeZone(zone))
    .nullable()
    .default(null)
    .meta({
      title: 'a time zone such as Europe/Berlin',
      description:
        'The time zone of quiet hours and of times where the reader’s own is not known. Without it, that of this machine.',
      examples: ['Europe/Berlin'],
    }),
  policy: z
    .strictObject({
      answerWithinHours: z.number().positive().max(720).default(8).meta({
        description: 'A plan nobody answers is parked after this many hours. Silence is never a yes.',
      }),
    })
    .prefault({})
    .meta({
      description:
        'Who approves. What can never be approved (host power, disk wipes, mass deletion) is not configurable.',
    }),
  limits: z
    .strictObject({
      workers: z.int().min(1).max(64).default(16).meta({
        description:
          'How many steps, drafts and questions this process carries out at the same time. Each mostly waits for a machine; too few, and a question waits for long steps on other machines.',
      }),
    })
    .prefault({})
    .meta({ description: 'How much at once.' }),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
        .default('info')
        .meta({ description: 'The least important lines that are still written.' }),
      format: z.enum(['auto', 'json', 'pretty']).default('auto').meta({
        description: 'json for machines, pretty for people; auto is pretty on a terminal and json elsewhere.',
      }),
    })
    .prefault({})
    .meta({ description: "Chiffon's own log, written to stderr. Secrets never appear in it." }),
  database: z
    .strictObject({
      urlFile: filePath
        .nullable()
        .default(null)
        .meta({
          description:
            'A file (mode 0600) with the address of a PostgreSQL server (postgres://user:password@host/name); DATABASE_URL does the same. Without either, an embedded PostgreSQL is used.',
          examples: ['/run/secrets/database_url'],
        }),
      ownerUrlFile: filePath
        .nullable()
        .default(null)
        .meta({
          description:
            'A file (mode 0600) with the address of the same database for the role that owns its tables; DATABASE_OWNER_URL does the same. It is used when Chiffon starts, to bring the tables up to date. With it, the role of urlFile should own nothing: it then can’t take back the rights it was not given.',
          examples: ['/run/secrets/database_owner_url'],
        }),
    })
    .prefault({})
    .meta({ description: 'Where the record is kept.' }),
  gitTrail: TrailSettings.prefault({}).meta({
    description: 'A git repository with what was decided and what came of it, beside the database.',
  }),
  queue: z
    .strictObject({
      urlFile: filePath
        .nullable()
        .default(null)
        .meta({
          description:
            'A file (mode 0600) with the address of a Redis server (redis://host:6379); REDIS_URL does the same. Without either, the queue lives in PostgreSQL.',
          examples: ['/run/secrets/redis_url'],
        }),
    })
    .prefault({})
    .meta({ description: 'How work reaches the workers.' }),
});
export type Settings = z.output<typeof Settings>;
export type PersonSetting = z.output<typeof PersonSetting>;
export type HostSetting = z.output<typeof HostSetting>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * Keys that name a file with a secret, and the variable that can carry the secret itself. The variable with `_FILE`
 * appended names a file, as Docker secrets do.
 */
export const secretVariables = {
  'console.tokenFile': 'CHIFFON_TOKEN',
  'database.urlFile': 'DATABASE_URL',
  'database.ownerUrlFile': 'DATABASE_OWNER_URL',
  'queue.urlFile': 'REDIS_URL',
  'discord.tokenFile': 'DISCORD_TOKEN',
  'matrix.tokenFile': 'MATRIX_TOKEN',
  'heartbeat.urlFile': 'CHIFFON_HEARTBEAT_URL',
} as const;

/** Keys whose variable has a name that people know from elsewhere. */
export const familiarVariables: Readonly<Record<string, string>> = {
  'discord.apiUrl': 'DISCORD_API_URL',
  'matrix.homeserver': 'MATRIX_HOMESERVER',
  'matrix.userId': 'MATRIX_USER_ID',
};
