import { dangerousGroups, type WallHost, type WallPart } from '../wall.ts';

/** A user of Chiffon's own, in no group that is a way around the wall. */
export function ownUser({ user, docker }: WallHost): WallPart {
  const leave = dangerousGroups.filter((group) => !(docker === 'group' && group === 'docker'));
  return {
    name: 'own user',
    why: 'Chiffon signs in as a user who owns nothing but its own folder, so a command that slips through can damage only that.',
    notes: [
      'Members of these groups are root in all but name: docker, lxd, incus-admin, libvirt and podman start containers and guests that see the whole disk; disk and kvm reach the devices; sudo, wheel and admin may become root.',
      'The password is set to one nobody can type; keys still work.',
    ],
    files: [],
    commands: [
      `id -u ${user} >/dev/null 2>&1 || useradd --create-home --shell /bin/sh ${user}`,
      `usermod --password '*' ${user}`,
      `for group in ${leave.join(' ')}; do if id -Gn ${user} | tr ' ' '\\n' | grep -qx "$group"; then gpasswd --delete ${user} "$group"; fi; done`,
      `chmod 700 "$(getent passwd ${user} | cut -d: -f6)"`,
    ],
    undo: [
      `usermod --append --groups GROUP ${user}   # for each group it should have again`,
      `userdel ${user}`,
    ],
    optional: false,
  };
}
