import type { Answer } from './answer.ts';

/** "Disk on sandbox: 61 % used, 142 GB free. /srv is 93 % used." */
export const answerDisk: Answer = ({ host, printed }) => {
  const disks = readDisks(printed('df') ?? '');
  const main = disks.find((disk) => disk.mount === '/') ?? disks[0];
  if (!main) return null;
  const where = main.mount === '/' ? '' : ` (${main.mount})`;
  const first = `Disk on ${host}${where}: ${main.used} % used, ${main.free} free.`;
  const others = disks
    .filter((disk) => disk !== main && disk.used >= nearlyFull)
    .sort((a, b) => b.used - a.used);
  const [fullest] = others;
  return fullest ? `${first} ${fullest.mount} is ${fullest.used} % used, ${fullest.free} free.` : first;
};

/** From here on a disk is worth mentioning beside the main one, in percent. */
const nearlyFull = 85;

export interface Disk {
  readonly mount: string;
  /** Percent. */
  readonly used: number;
  /** With its unit: "142 GB". */
  readonly free: string;
}

/** The lines of `df -hP` that are disks: no memory, no read-only images, no boot partitions. */
export function readDisks(text: string): readonly Disk[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(\S+)\s+\S+\s+\S+\s+([\d.]+)([KMGTP]?)i?B?\s+(\d{1,3})%\s+(\/.*?)\s*$/.exec(line);
    if (!match) return [];
    const [, filesystem = '', free = '', unit = '', used = '', mount = ''] = match;
    if (/^(?:tmpfs|devtmpfs|udev|none|shm|efivarfs|run|dev)$/.test(filesystem)) return [];
    if (/^\/(?:boot|snap|dev|run|proc|sys|etc)(?:\/|$)/.test(mount)) return [];
    return [
      { mount, used: Number(used), free: `${free} ${unit === '' ? 'B' : `${unit}B`}`.replace('KB', 'kB') },
    ];
  });
}
