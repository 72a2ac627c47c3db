import type { HostService } from '#core/host.ts';

/** Reads `docker ps --format '{{json .}}'`: one object a line. Lines that cannot be read are passed over. */
export function parseContainers(text: string): HostService[] {
  return text.split('\n').flatMap((line) => {
    const container = parseJson(line);
    const unit = textOf(container?.['Names']).split(',')[0];
    if (unit === undefined || unit === '') return [];
    const project = textOf(container?.['Labels']).match(/(?:^|,)com\.docker\.compose\.project=([^,]*)/)?.[1];
    return [
      {
        name: project ?? unit,
        manager: project === undefined ? ('docker' as const) : ('compose' as const),
        state: containerState(textOf(container?.['State']), textOf(container?.['Status'])),
        unit,
        port: publishedPort(textOf(container?.['Ports'])),
        image: textOf(container?.['Image']) || null,
      },
    ];
  });
}

function containerState(state: string, status: string): HostService['state'] {
  if (state === 'running' || (state === '' && /^Up\b/.test(status))) return 'running';
  if (['exited', 'created', 'dead'].includes(state) || (state === '' && /^(Exited|Created)\b/.test(status)))
    return 'stopped';
  return 'unknown';
}

/** The lowest port of `0.0.0.0:3001->3001/tcp, [::]:3001->3001/tcp` that is reachable from outside the container. */
function publishedPort(ports: string): number | null {
  const published = [...ports.matchAll(/:(\d+)(?:-\d+)?->/g)].map((match) => Number(match[1]));
  return published.length === 0 ? null : Math.min(...published);
}

export interface ProcessAnswers {
  /** `services/<name>/service.conf:key=value` lines. */
  readonly conf: string;
  /** `services/<name>/service.pid:1234` lines. */
  readonly pids: string;
  /** `ps ax -o pid,args`; empty where there is no ps. */
  readonly processes: string;
  /** `ls /proc`, asked when there is no ps. */
  readonly processFolders: string;
}

/**
 * Services that run as plain processes. Each has a folder `services/<name>` in the login directory:
 * `service.conf` (lines `name=`, `port=`, `title=`), `service.sh` (start | stop | restart | status | logs),
 * `service.pid` (the supervisor) and `service.log`. The supervisor is `/bin/sh ./service.sh supervise …/services/<name>`;
 * a process that only happens to have its number does not count.
 */
export function parseProcesses(answers: ProcessAnswers): HostService[] {
  const confs = new Map<string, Map<string, string>>();
  for (const [, folder = '', key = '', value = ''] of answers.conf.matchAll(
    /^services\/([^/\n]+)\/service\.conf:([a-z]+)=(.*)$/gm,
  )) {
    const conf = confs.get(folder) ?? new Map<string, string>();
    confs.set(folder, conf.set(key, value.trim()));
  }
  const pids = new Map<string, number>();
  for (const [, folder = '', pid] of answers.pids.matchAll(
    /^services\/([^/\n]+)\/service\.pid:\s*(\d+)\s*$/gm,
  )) {
    pids.set(folder, Number(pid));
  }
  return [...confs].map(([unit, conf]) => {
    const port = Number(conf.get('port'));
    return {
      name: conf.get('name') || unit,
      manager: 'process' as const,
      state: processState(unit, pids.get(unit), answers),
      unit,
      port: Number.isInteger(port) && port > 0 ? port : null,
      image: null,
    };
  });
}

function processState(unit: string, pid: number | undefined, answers: ProcessAnswers): HostService['state'] {
  if (pid === undefined) return 'stopped';
  if (answers.processes.trim() !== '') {
    const own = answers.processes.split('\n').find((line) => line.trim().split(/\s+/)[0] === String(pid));
    const supervises =
      own?.trimEnd().endsWith(`/services/${unit}`) === true && own.includes('service.sh supervise ');
    return supervises ? 'running' : 'stopped';
  }
  const folders = answers.processFolders.split(/\s+/);
  if (!folders.includes('self')) return 'unknown';
  return folders.includes(String(pid)) ? 'running' : 'stopped';
}

function parseJson(line: string): Record<string, unknown> | null {
  if (!line.trim().startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
