import type { HostFacts } from '#core/host.ts';
import { parseContainers, parseProcesses } from './parse-services.ts';
import { knownTools, type ProbeAnswer, questions, serviceQuestions, toolQuestion } from './probe-commands.ts';

/**
 * Turns the answers of a probe into facts. An answer that is missing or makes no sense leaves its fact unknown
 * (null, false, empty) and never stops the others.
 *
 * @param at ISO 8601, UTC.
 * @param address the address under which the host's services are opened.
 */
export function parseFacts(
  host: string,
  at: string,
  address: string,
  answers: ReadonlyMap<string, ProbeAnswer>,
): HostFacts {
  const text = (command: string) => {
    const answer = answers.get(command);
    return answer?.code === 0 ? answer.text : '';
  };
  const works = (command: string) => answers.get(command)?.code === 0;
  const [system = '', arch = 'unknown'] = text(questions.system).trim().split(/\s+/);
  const docker = works(questions.containers);
  const asked = serviceQuestions(text(questions.services));
  return {
    host,
    at,
    os: prettyName(text(questions.osRelease)) ?? (system === '' ? 'unknown' : system),
    arch,
    user: text(questions.user).trim() || 'unknown',
    home: text(questions.home).trim() || '/',
    address,
    docker,
    compose: docker && (works(questions.compose) || works(questions.composeOne)),
    node:
      text(questions.node)
        .trim()
        .match(/^v(\d+\.\d+\.\d+.*)$/)?.[1] ?? null,
    npm: works(questions.npm),
    ...memory(text(questions.memory)),
    ...disk(text(questions.disk)),
    listeningPorts: listeningPorts(text(questions.sockets), text(questions.tcp4), text(questions.tcp6)),
    tools: knownTools.filter((tool) => works(toolQuestion(tool))),
    services: [
      ...(docker ? parseContainers(text(questions.containers)) : []),
      ...parseProcesses({
        // grep answers 2 when one of the files is not there, although it printed what it found in the others.
        conf: answers.get(asked?.conf ?? '')?.text ?? '',
        pids: answers.get(asked?.pids ?? '')?.text ?? '',
        processes: text(questions.processes),
        processFolders: text(questions.processFolders),
      }),
    ],
  };
}

/** PRETTY_NAME of os-release(5). */
function prettyName(osRelease: string): string | null {
  const value = osRelease.match(/^PRETTY_NAME=(.*)$/m)?.[1] ?? osRelease.match(/^NAME=(.*)$/m)?.[1];
  return value?.trim().replace(/^(["'])(.*)\1$/, '$2') || null;
}

function memory(meminfo: string): Pick<HostFacts, 'memoryTotalMb' | 'memoryFreeMb'> {
  const kilobytes = (key: string) => {
    const value = meminfo.match(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm'))?.[1];
    return value === undefined ? null : Number(value);
  };
  const total = kilobytes('MemTotal');
  const free = kilobytes('MemAvailable') ?? kilobytes('MemFree');
  return { memoryTotalMb: megabytes(total), memoryFreeMb: megabytes(free) };
}

/**
 * The last line of df -Pk: blocks, used, available stand before the percentage. What is reserved for root counts for
 * neither, as in df's own percentage.
 */
function disk(df: string): Pick<HostFacts, 'diskTotalMb' | 'diskFreeMb'> {
  const [, used, available] = df.match(/\s\d+\s+(\d+)\s+(-?\d+)\s+\d+%\s/) ?? [];
  if (used === undefined || available === undefined) return { diskTotalMb: null, diskFreeMb: null };
  const free = Math.max(0, Number(available));
  return { diskTotalMb: megabytes(Number(used) + free), diskFreeMb: megabytes(free) };
}

function megabytes(kilobytes: number | null): number | null {
  return kilobytes === null ? null : Math.round(kilobytes / 1024);
}

function listeningPorts(sockets: string, ...tables: readonly string[]): number[] {
  const ports = new Set<number>();
  for (const line of sockets.split('\n')) {
    const port = line
      .trim()
      .split(/\s+/)[3]
      ?.match(/:(\d+)$/)?.[1];
    if (port !== undefined) ports.add(Number(port));
  }
  // proc(5): the local address is hexadecimal, and 0A is the state LISTEN.
  for (const table of tables) {
    for (const line of table.split('\n')) {
      const port = line.match(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /i)?.[1];
      if (port !== undefined) ports.add(Number.parseInt(port, 16));
    }
  }
  return [...ports].filter((port) => port > 0).sort((a, b) => a - b);
}
