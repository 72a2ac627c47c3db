import { type WallHost, type WallPart, wallFolder } from '../wall.ts';

/** Where the keys lie that let Chiffon in: out of its own reach. */
export const keysFolder = '/etc/ssh/authorized_keys';
/** What the SSH server does about this user. */
export const signInSettings = '/etc/ssh/sshd_config.d/10-chiffon.conf';
export const keyPlaceholder = 'PUT-THE-PUBLIC-KEY-HERE';

/** One key, one program, no forwarding: what a stolen key or a hijacked session can do is what Chiffon can do. */
export function signIn({ user, publicKey, jumpsTo, docker }: WallHost): WallPart {
  const enter = `${wallFolder}/enter`;
  const permits = jumpsTo.map((address) => `,permitopen="${address}"`).join('');
  const options = `restrict${jumpsTo.length > 0 ? `,port-forwarding${permits}` : ''},command="${enter}"`;
  return {
    name: 'sign-in',
    why: 'The key opens exactly one program, without terminal, forwarding or agent, and the user can’t change which key that is.',
    notes: [
      'Chiffon starts /bin/sh on every channel and sends it what to do; “enter” starts the same shell whatever was asked for, so commands that outlive the connection work as before.',
      noNewPrivileges(docker),
      `Put from="ADDRESS" in front of the options in ${keysFolder}/${user} when Chiffon always comes from one address.`,
      ...(jumpsTo.length > 0
        ? [`Other machines are reached through this one, so forwarding to ${jumpsTo.join(', ')} stays open.`]
        : []),
    ],
    files: [
      { path: enter, mode: '0755', content: enterProgram(docker) },
      {
        path: `${keysFolder}/${user}`,
        mode: '0644',
        content: `${options} ${publicKey ?? keyPlaceholder}\n`,
      },
      {
        path: signInSettings,
        mode: '0644',
        content: `# Written by “chiffon harden”.
Match User ${user}
    AuthorizedKeysFile ${keysFolder}/%u
    AuthenticationMethods publickey
    PasswordAuthentication no
    KbdInteractiveAuthentication no
    ForceCommand ${enter}
    PermitTTY no
    PermitTunnel no
    X11Forwarding no
    AllowAgentForwarding no
    AllowStreamLocalForwarding no
    AllowTcpForwarding ${jumpsTo.length > 0 ? `local\n    PermitOpen ${jumpsTo.join(' ')}` : 'no'}
    PermitUserRC no
Match all
`,
        check: 'sshd -t -f {}',
      },
    ],
    commands: [
      `sshd -t || { rm -f ${signInSettings}; echo 'sshd would not start with these settings; they were taken back.' >&2; exit 1; }`,
      "if [ -d /run/systemd/system ]; then systemctl reload ssh 2>/dev/null || systemctl reload sshd; else echo 'Restart the SSH server, so that it reads its settings.'; fi",
    ],
    undo: [
      `rm ${signInSettings} ${keysFolder}/${user} ${enter}`,
      'systemctl reload ssh   # the key in ~/.ssh/authorized_keys counts again',
    ],
    optional: false,
  };
}

function noNewPrivileges(docker: WallHost['docker']): string {
  return docker === 'sudo'
    ? 'sudo has to gain rights, so the session can’t be started with “no new privileges”; with “--docker rootless” it is, and then sudo, su, mount and every other setuid program stay powerless.'
    : 'The session starts with “no new privileges”: sudo, su, mount and every other setuid program stay powerless in it, and nothing it starts gets that back.';
}

function enterProgram(docker: WallHost['docker']): string {
  const shell = '/bin/sh -s chiffon "$HOME"';
  return `#!/bin/sh
# Written by “chiffon harden”. The only program Chiffon’s key opens: a shell that reads from the connection.
umask 077
PATH=${wallFolder}/bin:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
export PATH
# A command that starts itself over and over ends at this number of processes, and the machine goes on. A tighter limit stays.
prlimit --pid $$ --nproc=1024:1024 2>/dev/null || true
exec ${docker === 'sudo' ? '' : 'setpriv --no-new-privs '}${shell}
`;
}
