import {
  type Client,
  type Guild,
  PermissionFlagsBits,
  PermissionsBitField as Permissions,
  type PermissionsBitField,
} from 'discord.js';

/** What Chiffon has to be allowed to do, in the words of Discord's settings. */
const needed = [
  ['View Channels', PermissionFlagsBits.ViewChannel],
  ['Send Messages', PermissionFlagsBits.SendMessages],
  ['Create Public Threads', PermissionFlagsBits.CreatePublicThreads],
  ['Send Messages in Threads', PermissionFlagsBits.SendMessagesInThreads],
  ['Read Message History', PermissionFlagsBits.ReadMessageHistory],
  ['Attach Files', PermissionFlagsBits.AttachFiles],
] as const;

/** What is missing, as a sentence, and what to do; null when nothing is. */
export interface Missing {
  readonly detail: string;
  readonly remedy: string;
}

/** Looks through the servers Chiffon is in, and at the home channel, for what it isn't allowed to do there. */
export function examinePermissions(client: Client<true>, homeChannel: string | null): Missing | null {
  const guilds = [...client.guilds.cache.values()].filter((guild) => guild.available);
  if (client.guilds.cache.size === 0) {
    return {
      detail: 'Chiffon is connected to Discord but in no server there.',
      remedy: `Invite it: ${inviteAddress(client.user.id)}`,
    };
  }
  const lacks: string[] = [];
  for (const guild of guilds) {
    const missing = missingOf(guild.members.me?.permissions ?? null);
    if (missing.length > 0) lacks.push(`in the server “${guild.name}”: ${missing.join(', ')}`);
  }
  if (homeChannel !== null) {
    const home = homeOf(guilds, homeChannel);
    if (home === null) {
      return {
        detail: `The home channel ${homeChannel} is in no server Chiffon is in, or Chiffon may not see it.`,
        remedy:
          'Set `discord.home` to the id of a text channel there, or let Chiffon’s role view the channel.',
      };
    }
    if (home.missing.length > 0) lacks.push(`in the home channel #${home.name}: ${home.missing.join(', ')}`);
  }
  if (lacks.length === 0) return null;
  return {
    detail: `Chiffon lacks permissions on Discord ${lacks.join('; ')}.`,
    remedy: `Give them to Chiffon’s role in the server’s or channel’s settings, or invite it again: ${inviteAddress(client.user.id)}`,
  };
}

function homeOf(
  guilds: readonly Guild[],
  id: string,
): { readonly name: string; readonly missing: string[] } | null {
  for (const guild of guilds) {
    const channel = guild.channels.cache.get(id);
    const me = guild.members.me;
    if (channel !== undefined && me !== null) {
      return { name: channel.name, missing: missingOf(channel.permissionsFor(me)) };
    }
  }
  return null;
}

function missingOf(permissions: Readonly<PermissionsBitField> | null): string[] {
  // A server that doesn't describe roles can't be judged; what is missing then shows when something is posted.
  if (permissions === null) return [];
  return needed.filter(([, flag]) => !permissions.has(flag)).map(([name]) => name);
}

/** Where an owner of a server lets Chiffon in, with everything it needs. */
function inviteAddress(application: string): string {
  const flags = new Permissions(needed.map(([, flag]) => flag)).bitfield;
  return `https://discord.com/oauth2/authorize?client_id=${application}&scope=bot+applications.commands&permissions=${flags}`;
}
