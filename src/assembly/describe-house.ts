import type { Settings } from '#api/contract/house.ts';
import type { Credentials } from '#api/services.ts';
import type { HostAddress } from '#executors/host-address.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import { phoneChannel } from '#flow/ring-phones.ts';
import { trailChannel } from '#ledger/git-trail/keep-trail.ts';
import type { Config, ConfiguredHost } from '#platform/config/config.ts';
import { describeConfig } from '#platform/config/describe-config.ts';
import { policyRules } from '#policy/authorise.ts';
import { sandboxName } from './open-planner.ts';

/** What the configuration says about the house, in the forms other rooms want. */
export const describeHouse = {
  /** The machines as people see them; the sandbox when none is configured. */
  machines: (config: Config) =>
    config.hosts.length === 0
      ? [{ name: sandboxName, address: '127.0.0.1', user: 'sandbox' }]
      : config.hosts.map(({ name, address, user }) => ({ name, address, user })),

  /** The chat platforms, the git trail and the phones that are switched on, as the ledger calls them. */
  channels: (config: Config): string[] => [
    ...describeHouse.platforms(config),
    ...(config.gitTrail.enabled ? [trailChannel] : []),
    ...config.phones.map((phone) => phoneChannel(phone.name)),
  ],

  /** The chat platforms that are switched on. */
  platforms: (config: Config): ('discord' | 'matrix')[] => [
    ...(config.discord.token === null ? [] : (['discord'] as const)),
    ...(config.matrix.token === null ? [] : (['matrix'] as const)),
  ],

  /** A configured machine as the executor reaches it. */
  address: (host: ConfiguredHost): HostAddress => ({
    name: host.name,
    address: host.address,
    port: host.port,
    user: host.user,
    keyFiles: host.keyFiles,
    agent: host.agent,
    ...(host.passphraseFile === null ? {} : { passphraseFile: host.passphraseFile }),
    ...(host.jump === null ? {} : { jump: host.jump }),
    ...(host.serviceAddress === null ? {} : { serviceAddress: host.serviceAddress }),
  }),

  /** Who signs in with what: the first owner with the owner's token, others with their own file's. */
  tokens: (config: Config, ownerToken: string): Credentials['tokens'] => {
    const owner = config.people.find((person) => person.role === 'owner');
    return [
      ...(owner === undefined ? [] : [{ person: owner, token: ownerToken }]),
      ...config.people.flatMap((person) =>
        person.token === null ? [] : [{ person, token: person.token.reveal() }],
      ),
    ];
  },

  settings: (config: Config, file: string | null, version: string): Settings => ({
    file,
    version,
    people: config.people.map(({ id, name, role, accounts }) => ({
      id,
      name,
      role,
      accounts: [...accounts],
    })),
    hosts: config.hosts.map(({ name, address, user, jump }) => ({ name, address, user, jump })),
    rules: policyRules.map((rule) => ({ ...rule })),
    values: describeConfig(config).map((value) => ({ ...value })),
  }),

  /** Three requests worth typing here and now. */
  examples: async (ledger: Ledger): Promise<readonly string[]> => {
    const services = (await ledger.hosts()).flatMap((host) => host.facts?.services ?? []);
    const running = services.find((service) => service.state === 'running')?.name ?? 'demo-web';
    const hasKuma = services.some((service) => service.name === 'uptime-kuma');
    return [`restart ${running}`, hasKuma ? 'uptime kuma logs' : 'deploy kuma', 'how much disk is free'];
  },
};
