import { describeHouse } from '#assembly/describe-house.ts';
import { scanHostKey, trustHostKey } from '#executors/ssh/trust-host-key.ts';
import type { CommandLine } from './command-line.ts';
import { openConfig } from './open-config.ts';
import { exit, type Terminal } from './output.ts';

/** Shows the key a machine presents; with the fingerprint a person compared, trusts it from now on. */
export async function trust(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const [name, fingerprint] = line.words;
  const hosts = opened.config.hosts.map(describeHouse.address);
  const host = hosts.find((candidate) => candidate.name === name);
  if (host === undefined) {
    const known = hosts.map((candidate) => candidate.name).join(', ') || 'none yet';
    terminal.remark(
      `Name one of the configured machines: ${known}. For example: npm run -s chiffon -- trust n100`,
    );
    return exit.usage;
  }
  const file = opened.config.knownHostsFile;
  if (fingerprint === undefined) {
    const shown = await scanHostKey(host, file, hosts);
    if (terminal.json) terminal.answer({ host: host.name, fingerprint: shown.fingerprint });
    else {
      terminal.line(`${host.name} (${host.address}:${host.port}) shows ${shown.fingerprint}`);
      terminal.line('Compare it on the machine itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
      terminal.line(`If it is the same: npm run -s chiffon -- trust ${host.name} ${shown.fingerprint}`);
    }
    return exit.done;
  }
  const trusted = await trustHostKey(file, host, fingerprint, hosts);
  if (!trusted.ok) {
    terminal.remark(trusted.reason);
    return exit.refused;
  }
  if (terminal.json) terminal.answer({ ok: true, host: host.name, fingerprint: trusted.value.fingerprint });
  else terminal.line(`${host.name} is trusted with ${trusted.value.fingerprint}.`);
  return exit.done;
}
