import { type Answer, count, readTable, some } from './answer.ts';

/** "4 virtual machines on pve1, 3 of them run: 101 web, 102 db, 120 talos." */
export const answerVms: Answer = ({ host, intent, printed }) => {
  const machines = readGuests(printed('qm list') ?? '', ['VMID', 'NAME', 'STATUS']);
  if (!machines)
    return /^\s*$/.test(printed('qm list') ?? 'x') ? `There are no virtual machines on ${host}.` : null;
  const guests = readGuests(printed('pct list') ?? '', ['VMID', 'Status', 'Name']) ?? [];
  const wanted = intent.inputs['vm'];
  if (wanted !== undefined) return answerOne(String(wanted), host, [...machines, ...guests]);
  const sentence = (all: readonly Guest[], word: string): string => {
    const running = all.filter((guest) => guest.running);
    return `${count(all.length, word)} on ${host}, ${running.length} of them running${
      running.length > 0
        ? `: ${some(
            running.map((guest) => guest.name),
            8,
          )}`
        : ''
    }.`;
  };
  return [
    sentence(machines, 'virtual machine'),
    ...(guests.length > 0 ? [sentence(guests, 'system container')] : []),
  ].join(' ');
};

/** "101 web on pve1 is running." */
function answerOne(wanted: string, host: string, all: readonly Guest[]): string {
  const found = all.filter(
    ({ name }) => name.split(' ')[0] === wanted || name.toLowerCase().includes(wanted.toLowerCase()),
  );
  if (found.length === 0) return `There is no virtual machine ${wanted} on ${host}.`;
  return found
    .map((guest) => `${guest.name} on ${host} is ${guest.running ? 'running' : 'not running'}.`)
    .join(' ');
}

interface Guest {
  readonly name: string;
  readonly running: boolean;
}

/** Numbers are set to the right below their head, so rows are read word by word. */
function readGuests(text: string, heads: readonly string[]): readonly Guest[] | null {
  const lines = text.split('\n');
  const headAt = lines.findIndex((line) => heads.every((head) => line.includes(head)));
  if (headAt < 0) return null;
  return lines.slice(headAt + 1).flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const [id = ''] = words;
    if (!/^\d+$/.test(id)) return [];
    const nameFirst = heads[1] === 'NAME';
    const name = (nameFirst ? words[1] : words.at(-1)) ?? '';
    return [{ name: `${id} ${name}`, running: words.includes('running') }];
  });
}

/** "37 pods on n100, 2 in trouble: media/plex-0 (CrashLoopBackOff), …" */
export const answerPods: Answer = ({ host, printed }) => {
  const text = printed('kubectl get pods');
  const rows = readTable(text ?? '', ['NAMESPACE', 'NAME', 'READY', 'STATUS']);
  if (!rows) return text !== null && text.includes('No resources found') ? 'There are no pods.' : null;
  const trouble = rows.filter((row) => {
    const [ready, wanted] = (row['READY'] ?? '').split('/');
    const status = row['STATUS'] ?? '';
    return status !== 'Completed' && (status !== 'Running' || ready !== wanted);
  });
  const first = `${count(rows.length, 'pod')} in the cluster, asked on ${host}`;
  if (trouble.length === 0) return `${first}; none is in trouble.`;
  return `${first}; ${trouble.length} in trouble: ${some(trouble.map((row) => `${row['NAMESPACE']}/${row['NAME']} (${row['STATUS']})`))}.`;
};

/** "3 nodes, all of them ready." */
export const answerNodes: Answer = ({ printed }) => {
  const rows = readTable(printed('kubectl get nodes') ?? '', ['NAME', 'STATUS', 'ROLES']);
  if (!rows) return null;
  const unready = rows.filter((row) => !/^Ready\b/.test(row['STATUS'] ?? ''));
  if (unready.length === 0)
    return `${count(rows.length, 'node')}, ${rows.length === 1 ? 'it is ready' : 'all of them ready'}.`;
  return `${count(rows.length, 'node')}, ${unready.length} not ready: ${some(unready.map((row) => `${row['NAME']} (${row['STATUS']})`))}.`;
};
