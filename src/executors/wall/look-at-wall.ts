import { randomBytes } from 'node:crypto';
import type { WallFacts } from '#policy/wall/wall.ts';
import type { HostAddress } from '../host-address.ts';
import { createConnectionPool } from '../ssh/connection-pool.ts';
import { runScriptOn } from '../ssh/run-script-on.ts';
import { polkitActions, wallQuestions } from './wall-questions.ts';

export type WallLook =
  | { readonly ok: true; readonly facts: WallFacts }
  | { readonly ok: false; readonly reason: string };

/** Looks at a machine's wall as Chiffon signs in there, over the road its commands take. Changes nothing. */
export async function lookAtWall(
  options: { readonly hosts: readonly HostAddress[]; readonly knownHostsFile: string },
  host: string,
): Promise<WallLook> {
  const pool = createConnectionPool(options);
  try {
    const token = `chiffon-${randomBytes(12).toString('hex')}`;
    const answer = await runScriptOn(pool)(host, wallQuestions(token));
    if (!answer.reached) return { ok: false, reason: answer.reason };
    return { ok: true, facts: readFacts(answer.stdout.toString('utf8'), token) };
  } finally {
    await pool.close();
  }
}

interface Said {
  readonly code: number;
  readonly text: string;
}

/** @param text what the script printed */
export function readFacts(text: string, token: string): WallFacts {
  const said = sections(text, token);
  const lines = (name: string): string[] =>
    (said.get(name)?.text ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const status = said.get('status')?.text ?? '';
  const sudo = said.get('sudo');
  const targets = lines('targets');
  const keys = said.get('keys');
  const asked = polkitActions.flatMap((action) => {
    const answer = said.get(`polkit-${action}`);
    return answer === undefined || answer.text.includes('chiffon-no-polkit')
      ? []
      : [[action, answer.code] as const];
  });
  const pve = said.get('pve');
  return {
    user: lines('user')[0] ?? '',
    uid: Number(lines('uid')[0] ?? Number.NaN),
    groups: lines('groups').flatMap((line) => line.split(' ')),
    capabilities: /^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? null,
    noNewPrivileges:
      /^NoNewPrivs:\s*([01])/m.exec(status)?.[1] === undefined ? null : /^NoNewPrivs:\s*1/m.test(status),
    sudo: sudo === undefined || sudo.text.includes('chiffon-no-sudo') ? null : sudo,
    polkit: new Map(asked),
    polkitInstalled: asked.length > 0,
    masked: targets[0] === 'chiffon-systemd' ? targets.slice(1) : null,
    writable: lines('writable'),
    readable: lines('readable'),
    sockets: lines('sockets'),
    devices: lines('devices'),
    forced: lines('forced')[0] === 'yes',
    keys:
      keys === undefined || keys.code !== 0 ? null : lines('keys').filter((line) => !line.startsWith('#')),
    keysWritable: lines('keys-writable').length > 0,
    proxmox: {
      installed: pve !== undefined && !pve.text.includes('chiffon-no-pve'),
      text: pve?.code === 0 && !pve.text.includes('chiffon-no-pve') ? pve.text : null,
    },
  };
}

function sections(text: string, token: string): ReadonlyMap<string, Said> {
  const found = new Map<string, Said>();
  for (const part of text.split(`\n${token} begin `).slice(1)) {
    const name = part.slice(0, part.indexOf('\n'));
    const end = part.indexOf(`\n${token} end ${name} `);
    if (end < 0) continue;
    const code = Number.parseInt(part.slice(end + `\n${token} end ${name} `.length), 10);
    found.set(name, { code, text: end <= name.length ? '' : part.slice(name.length + 1, end) });
  }
  return found;
}
