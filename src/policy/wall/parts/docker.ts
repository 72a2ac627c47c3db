import { projectsFolder, type WallHost, type WallPart, wallFolder } from '../wall.ts';

const why = {
  group:
    'Membership in the group docker lets every command of the catalog work, and is the same as being root: this part of the wall is open.',
  rootless:
    'A Docker of the user’s own runs containers in which root is nobody but that user, so no container reaches the disks or the power of the machine.',
  sudo: 'Docker’s socket stays root’s; only command lines that are written down go through to it.',
} as const;

/** How Chiffon reaches Docker. */
export function docker({ user, docker: way }: WallHost): WallPart[] {
  switch (way) {
    case 'none':
      return [];
    case 'group':
      return [
        {
          name: 'docker by group',
          why: why.group,
          notes: [
            'Anybody who may start a container can mount / into it and change everything. The judge and the approvals are then the only wall. “--docker sudo” and “--docker rootless” are the ways without that.',
          ],
          files: [],
          commands: [`usermod --append --groups docker ${user}`],
          undo: [`gpasswd --delete ${user} docker`],
          optional: false,
        },
      ];
    case 'rootless':
      return [
        {
          name: 'rootless docker',
          why: why.rootless,
          notes: [
            'Containers of the system’s Docker are not seen by this one; move them by deploying them anew. Ports below 1024 are not opened.',
            'Needs the packages uidmap, dbus-user-session and docker-ce-rootless-extras, and systemd.',
          ],
          files: [],
          commands: [
            `loginctl enable-linger ${user}`,
            `runuser -l ${user} -c 'XDG_RUNTIME_DIR=/run/user/$(id -u) dockerd-rootless-setuptool.sh install'`,
          ],
          undo: [
            `runuser -l ${user} -c 'XDG_RUNTIME_DIR=/run/user/$(id -u) dockerd-rootless-setuptool.sh uninstall'`,
            `loginctl disable-linger ${user}`,
          ],
          optional: false,
        },
      ];
    case 'sudo':
      return [
        {
          name: 'docker through sudo',
          why: why.sudo,
          notes: [
            `Compose files must lie below ${projectsFolder} and belong to root: whoever may write a compose file that root starts is root. Move each project there; ~/services of ${user} becomes a link to it.`,
            'Restarting, stopping, starting, updating by a new pull, logs and status then work. Deploying, changing and removing services need a person, because Chiffon can’t write there; with “--docker rootless” they work.',
          ],
          files: [
            {
              path: `${wallFolder}/bin/docker`,
              mode: '0755',
              content: `#!/bin/sh\n# Chiffon’s commands say “docker”; here they go through sudo, which lets only the listed ones pass.\nexec sudo -n /usr/bin/docker "$@"\n`,
            },
          ],
          commands: [
            `mkdir -p ${projectsFolder}/services`,
            `chown -R root:root ${projectsFolder}`,
            `chmod 755 ${projectsFolder} ${projectsFolder}/services`,
            `home=$(getent passwd ${user} | cut -d: -f6); [ -e "$home/services" ] || ln -s ${projectsFolder}/services "$home/services"`,
          ],
          undo: [
            `rm ${wallFolder}/bin/docker`,
            `rm "$(getent passwd ${user} | cut -d: -f6)/services"   # the link; the projects stay in ${projectsFolder}`,
          ],
          optional: false,
        },
      ];
  }
}
