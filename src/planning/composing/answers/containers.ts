import { type Answer, count, readTable, some } from './answer.ts';

/** "5 containers on n100, 4 of them run. Not running: plex (exited)." */
export const answerContainers: Answer = ({ host, printed, steps, verification }) => {
  if (steps.every((step) => step.uses !== 'shell' || !step.command.startsWith('docker'))) return verification;
  const containers = readContainers(printed('docker ps') ?? '');
  if (!containers) return null;
  if (containers.length === 0) return `There are no containers on ${host}.`;
  const idle = containers.filter((container) => !container.up);
  const first = `${count(containers.length, 'container')} on ${host}`;
  if (idle.length === 0) return `${first}, ${containers.length === 1 ? 'it runs' : 'all of them run'}.`;
  const names = some(idle.map((container) => container.name));
  return `${first}, ${containers.length - idle.length} of them running. Not running: ${names}.`;
};

export interface Container {
  readonly name: string;
  readonly image: string;
  /** As Docker says it: "Up 3 days (healthy)". */
  readonly status: string;
  readonly up: boolean;
}

/** The rows of `docker ps`; null when it is not such a table. */
export function readContainers(text: string): readonly Container[] | null {
  const rows = readTable(text, ['CONTAINER ID', 'IMAGE', 'STATUS', 'NAMES']);
  return (
    rows?.map((row) => ({
      name: row['NAMES'] ?? '',
      image: row['IMAGE'] ?? '',
      status: row['STATUS'] ?? '',
      up: /^Up\b/.test(row['STATUS'] ?? ''),
    })) ?? null
  );
}
