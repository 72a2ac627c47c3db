import type { WallHost, WallPart } from '../wall.ts';

/** The first to be asked: rules are read in the order of their names, and the first that answers counts. */
export const polkitPath = '/etc/polkit-1/rules.d/00-chiffon.rules';

/** polkit says no to the user, most of all where the machine's power is concerned. */
export function polkitRule({ user }: WallHost): WallPart {
  return {
    name: 'polkit rule',
    why: 'Many systems let whoever is signed in ask the system to restart, suspend or start units; this user may not, whatever the other rules say.',
    notes: [
      'polkit 0.106 or later (Debian 12) reads this form; older ones don’t and need a .pkla file.',
      'To let it restart one native service, add a line above the last one that answers YES for exactly this unit and verb.',
    ],
    files: [
      {
        path: polkitPath,
        mode: '0644',
        content: `// Written by “chiffon harden”.
polkit.addRule(function (action, subject) {
  if (subject.user !== ${JSON.stringify(user)}) return polkit.Result.NOT_HANDLED;
  // Restart, power off, halt, suspend, hibernate, kexec, and whatever else the login manager offers.
  if (action.id.indexOf("org.freedesktop.login1.") === 0) return polkit.Result.NO;
  // Starting poweroff.target is the same by another name, and a unit of one’s own runs as root.
  if (action.id.indexOf("org.freedesktop.systemd1.") === 0) return polkit.Result.NO;
  // Formatting disks, pkexec, installing packages: none of it is for this user.
  return polkit.Result.NO;
});
`,
      },
    ],
    commands: [],
    undo: [`rm ${polkitPath}`],
    optional: false,
  };
}
