import type { SurfaceHealth } from '#chat/surface-port.ts';
import type { Missing } from './examine-permissions.ts';
import type { GatewayState } from './gateway.ts';

/** Everything the health of the surface follows from. */
export interface Findings {
  readonly gateway: GatewayState;
  /** Whether calls were refused for the token since one was last accepted. */
  readonly callsRefused: boolean;
  readonly missing: Missing | null;
  /** Why slash commands could not be registered; null when they could. */
  readonly commandsProblem: string | null;
  /** "Chiffon#0042 in 1 server". */
  readonly whereabouts: string;
}

const portal = 'https://discord.com/developers/applications';
const goesOn =
  'Everything else of Chiffon keeps running, and what is to be said on Discord is kept until it can be.';

const badToken: SurfaceHealth = {
  ok: false,
  detail: `Discord refuses the bot’s token. ${goesOn}`,
  remedy: `Make a new token at ${portal}, under “Bot”, “Reset Token”, put it into the token’s file and start Chiffon again.`,
};

/** The findings as doctor and the console show them, the gravest only. Pure. */
export function healthOf(findings: Findings): SurfaceHealth {
  const { gateway } = findings;
  switch (gateway.kind) {
    case 'token refused':
      return badToken;
    case 'intent refused':
      return {
        ok: false,
        detail: `Discord doesn’t allow this bot to read the content of messages. ${goesOn}`,
        remedy: `Turn on “Message Content Intent” at ${portal}, under “Bot”, or set \`discord.messageContent: false\` and mention Chiffon in each message.`,
      };
    case 'refused':
      return {
        ok: false,
        detail: `Discord ended the connection with code ${gateway.code}. ${goesOn}`,
        remedy:
          'Chiffon tries again every few minutes; if it stays so, look the code up in Discord’s documentation of its gateway.',
      };
    case 'unreachable':
      return {
        ok: false,
        detail: `Discord can’t be reached: ${gateway.detail}. ${goesOn}`,
        remedy:
          'Chiffon keeps trying. Look at this machine’s way to the internet, and at https://discordstatus.com.',
      };
    case 'lost':
      return {
        ok: false,
        detail: `The connection to Discord is lost and being made again. ${goesOn}`,
        remedy:
          'Chiffon keeps trying. Look at this machine’s way to the internet, and at https://discordstatus.com.',
      };
    case 'connecting':
      return { ok: false, detail: 'Connecting to Discord.', remedy: null };
    case 'connected':
      if (findings.callsRefused) return badToken;
      if (findings.missing !== null) return { ok: false, ...findings.missing };
      return {
        ok: true,
        detail: `Connected as ${findings.whereabouts}.${
          findings.commandsProblem === null
            ? ''
            : ` Slash commands could not be registered (${findings.commandsProblem}); mentions and buttons work.`
        }`,
        remedy: null,
      };
  }
}
