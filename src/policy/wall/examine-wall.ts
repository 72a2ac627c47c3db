import { dangerousPrivileges } from './parts/api-token.ts';
import { readSudoList } from './read-sudo-list.ts';
import { dangerousGroups, powerTargets, sleepTargets, type WallFacts } from './wall.ts';

/** One thing that was looked at: is it as it should be, and if not, what to do. */
export interface WallCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy: string | null;
}

/**
 * What a machine's wall is worth, stone by stone. What could not be looked at is not called good: its check fails and says
 * so.
 */
export function examineWall(host: string, facts: WallFacts): readonly WallCheck[] {
  const harden = `“npm run -s chiffon -- harden --host ${host}” prints what to do; a person runs it there as root.`;
  const good = (name: string, detail: string): WallCheck => ({
    name: `${host}: ${name}`,
    ok: true,
    detail,
    remedy: null,
  });
  const bad = (name: string, detail: string, remedy = harden): WallCheck => ({
    name: `${host}: ${name}`,
    ok: false,
    detail,
    remedy,
  });
  return [
    user(facts, good, bad),
    groups(facts, good, bad),
    capabilities(facts, good, bad),
    sudo(facts, good, bad),
    polkit(facts, good, bad),
    targets(facts, good, bad),
    places(facts, good, bad),
    secrets(facts, good, bad),
    sockets(facts, good, bad),
    devices(facts, good, bad),
    signIn(facts, good, bad),
    ...(facts.proxmox.installed ? [proxmox(facts, good, bad)] : []),
  ];
}

type Good = (name: string, detail: string) => WallCheck;
type Bad = (name: string, detail: string, remedy?: string) => WallCheck;

function user({ user: name, uid }: WallFacts, good: Good, bad: Bad): WallCheck {
  if (uid === 0) return bad('user', 'Chiffon signs in as root, and nothing is a wall against root.');
  if (Number.isNaN(uid)) return bad('user', 'Could not look: the machine did not say who Chiffon is there.');
  return good('user', `Chiffon is ${name} there, with the number ${uid}.`);
}

function groups({ groups: all }: WallFacts, good: Good, bad: Bad): WallCheck {
  if (all.length === 0)
    return bad('groups', 'Could not look: the machine did not say which groups Chiffon is in.');
  const open = all.filter((group) => dangerousGroups.includes(group));
  return open.length === 0
    ? good('groups', `Its groups give nothing away: ${all.join(', ')}.`)
    : bad(
        'groups',
        `It is in ${open.join(', ')}, which is the same as being root, or as reaching the disks.`,
      );
}

function capabilities({ capabilities: mask, noNewPrivileges }: WallFacts, good: Good, bad: Bad): WallCheck {
  if (mask === null)
    return bad(
      'capabilities',
      'Could not look: /proc/self/status does not tell.',
      'Mount /proc, and ask again.',
    );
  if (BigInt(`0x${mask}`) !== 0n)
    return bad('capabilities', `Its session has capabilities of root (${mask}).`);
  return good(
    'capabilities',
    noNewPrivileges
      ? 'Its session has none, and can gain none: setuid programs are powerless in it.'
      : 'Its session has none. Setuid programs still work in it (no “no new privileges”), as sudo needs.',
  );
}

function sudo({ sudo: said }: WallFacts, good: Good, bad: Bad): WallCheck {
  if (said === null) return good('sudo', 'sudo is not installed.');
  const list = readSudoList(said.text);
  if (list === null) {
    if (/no new privileges/i.test(said.text)) return good('sudo', 'sudo is powerless in its session.');
    if (/password is required|terminal is required/.test(said.text))
      return bad(
        'sudo',
        'Could not look: sudo asks for a password before it says what is allowed. Without a password nothing is.',
        'Look as root there: sudo -l -U USER. Only exact lines with NOPASSWD belong to Chiffon’s user.',
      );
    return bad('sudo', `Could not look: sudo says “${firstLine(said.text)}”.`);
  }
  if (list.open.length > 0) {
    const named = list.open.slice(0, 5).map(({ entry, why }) => `“${entry}” (${why})`);
    const more = list.open.length > 5 ? ` and ${list.open.length - 5} more` : '';
    return bad('sudo', `sudo lets more pass than it should: ${named.join('; ')}${more}.`);
  }
  return good(
    'sudo',
    list.entries === 0
      ? 'sudo lets nothing pass.'
      : `sudo lets ${list.entries} exact lines pass, none of them dangerous.`,
  );
}

/** Exit codes of pkcheck: 0 yes, 1 no, 2 only with a password, 3 when somebody dismisses the question. */
function polkit({ polkit: codes, polkitInstalled }: WallFacts, good: Good, bad: Bad): WallCheck {
  if (!polkitInstalled)
    return good('polkit', 'polkit is not installed, so it can’t be asked to restart anything.');
  const allowed = [...codes].filter(([, code]) => code === 0).map(([action]) => action);
  if (allowed.length > 0) return bad('polkit', `polkit lets it do ${allowed.join(', ')}.`);
  const unclear = [...codes].filter(([, code]) => code !== 1).map(([action, code]) => `${action} (${code})`);
  const asksPassword = [...codes].every(([, code]) => code >= 1 && code <= 3);
  if (unclear.length === 0)
    return good('polkit', 'polkit refuses it restarting, powering off, sleeping and starting units.');
  return asksPassword
    ? bad('polkit', 'polkit asks for a password before it refuses; there is no rule that says no by itself.')
    : bad('polkit', `Could not look: polkit gave no answer about ${unclear.join(', ')}.`);
}

function targets({ masked }: WallFacts, good: Good, bad: Bad): WallCheck {
  if (masked === null) return good('targets', 'There is no systemd, so there are no power targets to start.');
  const awake = sleepTargets.filter((target) => !masked.includes(target));
  const power = powerTargets.filter((target) => masked.includes(target));
  const words =
    power.length === powerTargets.length
      ? 'The power targets are masked as well.'
      : power.length === 0
        ? 'The power targets are not masked, which is optional: a UPS needs them.'
        : `Of the power targets only ${power.join(', ')} are masked.`;
  return awake.length === 0
    ? good('targets', `The sleep targets are masked. ${words}`)
    : bad('targets', `Not masked: ${awake.join(', ')}. ${words}`);
}

function places({ writable }: WallFacts, good: Good, bad: Bad): WallCheck {
  return writable.length === 0
    ? good('system files', 'It can write none of the files that decide who may what and what starts.')
    : bad(
        'system files',
        `It can write ${writable.join(', ')}.`,
        'Give them back to root: chown root:root and chmod go-w. Nothing of Chiffon’s needs them.',
      );
}

function secrets({ readable }: WallFacts, good: Good, bad: Bad): WallCheck {
  return readable.length === 0
    ? good('secrets', 'It can read neither password hashes nor host keys nor root’s folder.')
    : bad(
        'secrets',
        `It can read ${readable.join(', ')}.`,
        'Take the right to read away from others: chmod go-rwx.',
      );
}

function sockets({ sockets: open }: WallFacts, good: Good, bad: Bad): WallCheck {
  return open.length === 0
    ? good('engine sockets', 'It can’t speak to a container engine or a manager of guests that is root.')
    : bad('engine sockets', `It can speak to ${open.join(', ')}; whoever does can become root.`);
}

function devices({ devices: open }: WallFacts, good: Good, bad: Bad): WallCheck {
  return open.length === 0
    ? good('devices', 'It reaches no disk and no kernel device.')
    : bad('devices', `It can read or write ${open.join(', ')}, beside every permission.`);
}

function signIn({ forced, keys, keysWritable }: WallFacts, good: Good, bad: Bad): WallCheck {
  const name = 'sign-in';
  if (!forced) return bad(name, 'Its key opens any program: the server forces none.');
  if (keysWritable && keys !== null)
    return bad(
      name,
      'One program is forced, but it can change the file where its keys and their options stand.',
    );
  const loose = (keys ?? []).filter((line) => !/(^|,)restrict(,|\s)/.test(line));
  if (keys !== null && loose.length > 0)
    return bad(
      name,
      `${loose.length} of ${keys.length} keys are without “restrict”, so they may forward and open terminals.`,
    );
  return good(
    name,
    keys === null
      ? 'One program is forced, and the keys are out of its reach; their options can’t be read from there.'
      : 'One program is forced, and every key is restricted.',
  );
}

function proxmox({ proxmox: { text } }: WallFacts, good: Good, bad: Bad): WallCheck {
  if (text === null)
    return bad(
      'proxmox',
      'Could not look: pveum does not tell this user which privileges there are.',
      'Look as root there: pveum user permissions USER@pve.',
    );
  const open = dangerousPrivileges.filter((privilege) =>
    new RegExp(`\\b${privilege.replace('.', '\\.')}\\b`).test(text),
  );
  return open.length === 0
    ? good('proxmox', 'Its privileges let it destroy or switch off nothing.')
    : bad('proxmox', `Its privileges include ${open.join(', ')}.`);
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 200) ?? '';
}
