import type { Sayings } from './ways-of-saying.ts';

/** Something nobody can approve, with the words people say for it. */
export interface FloorRule {
  readonly rule: string;
  readonly sayings: Sayings;
  /** Why, as sentences. */
  readonly reason: (said: string) => string;
}

const slot = (name: string): Sayings['inputs'] => ({
  [name]: { kind: 'text', required: true, ask: 'Which one?' },
});
const closing = 'Nothing ran. It is on the list that nobody can approve, whatever the words.';

/** Power of machines: Chiffon and everything else lives on them. */
const hostPower: FloorRule = {
  rule: 'floor.host-power',
  reason: (said) =>
    `“${said}” would take a whole machine down, with every service on it and possibly Chiffon itself. ${closing} A single service can be restarted from here; a machine is switched by hand.`,
  sayings: {
    command: 'floor.host-power',
    risk: 'destructive',
    hands: 'none',
    inputs: slot('machine'),
    object: 'machine',
    verbs: [
      'restart',
      'reboot',
      'shut down',
      'shutdown',
      'shut off',
      'power off',
      'poweroff',
      'power down',
      'power cycle',
      'powercycle',
      'turn off',
      'switch off',
      'halt',
      'stop',
      'kill',
      'suspend',
      'hibernate',
      'bounce',
      'cycle',
      'reset',
      'hard reset',
      'hard reboot',
      'soft reboot',
      'cold boot',
      'warm reboot',
      'take down',
      'bring down',
      'pull the plug on',
      'unplug',
      'crash',
      'sleep',
      'disable',
      're-boot',
      'force reboot',
      'force restart',
      'kick',
      'reload',
      'recycle',
      'terminate',
      'end',
      'pause',
      'turn off and on',
      'relaunch',
    ],
    nouns: ['reboot', 'restart', 'shutdown', 'power cycle', 'reset', 'hard reset', 'bounce', 'kick'],
    orders: [
      '(turn|switch|power) {machine} off and [back] on [again]',
      'put {machine} to sleep',
      '(take|bring) {machine} (offline|down)',
      'cut [the] power (to|of|from) {machine}',
      'pull the plug [of|from] [{machine}]',
      'make {machine} (reboot|restart|shut down)',
      'reboot (everything|all)',
      '(power|shut|turn|switch) (everything|it all) (off|down)',
      '(power off|power down|shutdown|poweroff) (everything|all)',
    ],
    questions: [],
    labels: [],
  },
};

/** Disks, partitions and pools. */
const diskWipe: FloorRule = {
  rule: 'floor.disk-wipe',
  reason: (said) =>
    `“${said}” would erase a disk, and what was on it could not be brought back. ${closing} Disks are erased by hand, at the machine.`,
  sayings: {
    command: 'floor.disk-wipe',
    risk: 'destructive',
    hands: 'none',
    inputs: slot('disk'),
    object: 'disk',
    verbs: [
      'wipe',
      'wipe out',
      'format',
      'reformat',
      'erase',
      'zero',
      'zero out',
      'shred',
      'repartition',
      'partition',
      'nuke',
      'destroy',
      'overwrite',
      'delete',
      'remove',
      'purge',
      'clear',
      'clean',
      'blank',
      'trash',
      'kill',
      'mkfs',
      'scrub out',
      'empty',
      'scratch',
      'low level format',
      'drop',
      'obliterate',
      'factory reset',
      'factory-reset',
    ],
    nouns: ['factory reset', 'wipe', 'format', 'erase', 'reformat'],
    orders: [
      '(write|dd) zeros (to|over|on) {disk}',
      'fill {disk} with zeros',
      '(delete|remove|destroy|wipe|erase|nuke|purge|get rid of|throw away|trash) (vm|vms|virtual machine|virtual machines|guest|guests|lxc|lxcs|ct)',
    ],
    questions: [],
    labels: [],
  },
};

/** Deleting without naming one thing. */
const massDeletion: FloorRule = {
  rule: 'floor.mass-deletion',
  reason: (said) =>
    `“${said}” would delete many things at once without naming one. ${closing} A service that is named can be removed, as in “remove plex”.`,
  sayings: {
    command: 'floor.mass-deletion',
    risk: 'destructive',
    hands: 'none',
    inputs: slot('mass'),
    object: 'mass',
    verbs: [
      'delete',
      'remove',
      'wipe',
      'wipe out',
      'purge',
      'destroy',
      'erase',
      'nuke',
      'uninstall',
      'undeploy',
      'clear',
      'clear out',
      'drop',
      'trash',
      'prune',
      'get rid of',
      'tear down',
      'throw away',
      'throw out',
      'obliterate',
      'scrap',
      'decommission',
      'empty',
      'clean out',
      'burn down',
      'burn',
      'rm',
      'zap',
      'eradicate',
      'flush',
      'format',
      'discard',
      'blow away',
    ],
    nouns: ['deletion', 'removal', 'purge', 'wipe'],
    orders: [
      '(tear|burn) {mass} down',
      'start over from (scratch|zero)',
      '(factory reset|factory-reset) {mass}',
    ],
    questions: [],
    labels: [],
  },
};

export const floorRules: readonly FloorRule[] = [hostPower, diskWipe, massDeletion];

export const rawCommandReason = (said: string): string =>
  `“${said}” is a command line, and command lines from chat are never run. Nothing ran, and nobody can approve it. Plain words work: “restart …”, “logs of …”, “disk space on …”.`;
