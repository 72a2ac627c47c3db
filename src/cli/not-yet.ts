import type { Command } from './commands.ts';
import { exit } from './output.ts';

/** Commands that are part of the outside interface and have no hands yet: they say so instead of pretending. */
export const notYet: readonly Command[] = [
  unbuilt(
    'stage',
    'run|status|reset [NAME|all]',
    'Build the homelab in stages',
    'stages of the owner’s infrastructure repository',
  ),
  unbuilt('backlog', 'import|list|run', 'Work through a YAML backlog', 'the backlog'),
  unbuilt('backup', 'FILE', 'Back Chiffon up', 'backing up Chiffon itself'),
  unbuilt('restore', 'FILE', 'Bring a backup back', 'restoring Chiffon itself'),
  unbuilt('agent', '', 'Run the desktop agent', 'the agent for GPU desktops'),
];

function unbuilt(name: string, form: string, summary: string, what: string): Command {
  return {
    name,
    form,
    summary: `${summary} (not built yet)`,
    options: [],
    words: Number.POSITIVE_INFINITY,
    run: async (_line, terminal) => {
      const detail = `This version of Chiffon has no hands for ${what} yet. Nothing was done.`;
      if (terminal.json) terminal.answer({ ok: false, detail });
      else terminal.remark(detail);
      return exit.refused;
    },
  };
}
