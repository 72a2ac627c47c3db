import type { Answer, Read } from './answer.ts';
import { readContainers } from './containers.ts';
import { readDisks } from './disk.ts';

/** Of a service: "Jellyfin on n100: up 3 days (healthy). It answers on port 8096." Of a host: what runs, disk, memory. */
export const answerStatus: Answer = (read) =>
  read.intent.inputs['service'] === undefined ? statusOfHost(read) : statusOfService(read);

function statusOfService({ intent, host, title, printed, passed, steps, verification }: Read): string | null {
  const http = steps.find((step) => step.uses === 'http' && passed(step));
  const answers = http?.uses === 'http' ? ` It answers at ${http.url}.` : '';
  const table = printed('docker ps');
  if (table === null) return `${verification}${answers}`;
  const containers = readContainers(table);
  if (!containers) return null;
  const service = String(intent.inputs['service']);
  const own = containers.find((container) => container.name === service) ?? containers[0];
  if (!own) return `Docker knows no container of ${title} on ${host} any more.`;
  return `${title} on ${host}: ${own.status.charAt(0).toLowerCase()}${own.status.slice(1)}.${answers}`;
}

function statusOfHost({ host, printed, verification }: Read): string | null {
  const [disk] = readDisks(printed('df') ?? '').filter((one) => one.mount === '/');
  const free = readFreeMemory(printed('free') ?? '');
  const containers = readContainers(printed('docker ps') ?? '');
  const idle = containers?.filter((container) => !container.up) ?? [];
  const numbers = [
    ...(disk ? [`disk ${disk.used} % used, ${disk.free} free`] : []),
    ...(free === null ? [] : [`memory ${free} free`]),
  ];
  const stopped = idle.length > 0 ? ` Containers that don't run: ${idle.length}.` : '';
  return numbers.length === 0
    ? `${verification}${stopped}`
    : `${host} answers: ${numbers.join('; ')}. ${verification}${stopped}`;
}

/** Memory that programs can still have, from `free -m` or /proc/meminfo: "1.2 of 16 GB". */
function readFreeMemory(text: string): string | null {
  const table = /^Mem:\s+(\d+)\s+\d+\s+\d+\s+\d+\s+\d+\s+(\d+)/m.exec(text);
  if (table) return ofTotal(Number(table[2]), Number(table[1]));
  const total = /^MemTotal:\s+(\d+) kB/m.exec(text)?.[1];
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(text)?.[1];
  return total && available ? ofTotal(Number(available) / 1024, Number(total) / 1024) : null;
}

function ofTotal(freeMb: number, totalMb: number): string {
  const gb = (mb: number): string => (mb / 1024).toFixed(1).replace(/\.0$/, '');
  return `${gb(freeMb)} of ${gb(totalMb)} GB`;
}
