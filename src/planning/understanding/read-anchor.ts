import type { LookBackAnchor } from '#flow/planner-port.ts';

/** What people call the last run of a command. */
const commands: Readonly<Record<string, string>> = {
  deploy: 'deploy',
  deployment: 'deploy',
  install: 'deploy',
  installation: 'deploy',
  update: 'update',
  upgrade: 'update',
  restart: 'restart',
  reboot: 'restart',
  backup: 'backup',
  restore: 'restore',
  start: 'start',
  stop: 'stop',
};

/** What "the last deploy", "the latest change" and "it last worked" stand for. */
export function readAnchor(words: string): LookBackAnchor {
  const noun = words.split(' ').at(-1) ?? '';
  const command = commands[noun];
  if (command !== undefined) return { kind: 'command', command };
  if (noun === 'change') return { kind: 'change' };
  if (/^(?:failure|crash|error)$/.test(noun)) return { kind: 'failure' };
  return { kind: 'worked' };
}
