import { powerTargets, sleepTargets, type WallPart } from '../wall.ts';

/** A server has no reason to fall asleep. */
export const sleepTargetsMasked: WallPart = {
  name: 'sleep targets',
  why: 'A server that sleeps is a server that is down; masked, these targets start for nobody, root included.',
  notes: ['Leave it out on a machine that is meant to sleep, such as a desktop.'],
  files: [],
  commands: [`systemctl mask ${sleepTargets.join(' ')}`],
  undo: [`systemctl unmask ${sleepTargets.join(' ')}`],
  optional: false,
};

/** The strongest and the most inconvenient stone: nothing shuts the machine down any more, whoever asks. */
export const powerTargetsMasked: WallPart = {
  name: 'power targets',
  why: 'Masked, these targets start for nobody, root included, so even a command that became root can’t shut the machine down the usual way.',
  notes: [
    'A UPS can’t shut the machine down either: with an empty battery it just goes out. Leave this part out where a UPS is watched (NUT, apcupsd).',
    'On Proxmox, Reboot and Shutdown of the node do nothing any more, in the web page, in a cluster and after an upgrade; guests are not affected. On any machine, automatic restarts after updates stop working.',
    '“reboot --force --force”, a kernel panic and the power button held down still work; this stops the orderly ways only.',
    'To restart the machine on purpose: take it back first, then restart, then mask again.',
  ],
  files: [],
  commands: [`systemctl mask ${powerTargets.join(' ')} ctrl-alt-del.target`],
  undo: [`systemctl unmask ${powerTargets.join(' ')} ctrl-alt-del.target`],
  optional: true,
};
