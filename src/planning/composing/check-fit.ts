import type { HostFacts } from '#core/host.ts';

/** Free memory below this is warned about, in MB. */
const scarceMemoryMb = 512;
/** Free disk below this is warned about, in MB. */
const scarceDiskMb = 1024;
/** Free disk below this makes a change impossible, in MB: half a download would be all that fits. */
const leastDiskMb = 200;

/** What is free on a host, for the card, and whether it is enough. */
export interface Fit {
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly warnings: readonly string[];
  /** Why nothing fits any more; null when something does. */
  readonly full: string | null;
}

/** Compares what a host has free with the modest needs of one more service. */
export function checkFit(facts: HostFacts): Fit {
  const { host, memoryFreeMb, memoryTotalMb, diskFreeMb, diskTotalMb } = facts;
  const lines: { label: string; value: string }[] = [];
  const warnings: string[] = [];
  if (memoryFreeMb !== null) {
    lines.push({ label: 'RAM', value: freeOf(memoryFreeMb, memoryTotalMb) });
    if (memoryFreeMb < scarceMemoryMb) {
      warnings.push(`Only ${megabytes(memoryFreeMb)} of memory are free on ${host}; it may become slow.`);
    }
  }
  if (diskFreeMb !== null) {
    lines.push({ label: 'Disk', value: freeOf(diskFreeMb, diskTotalMb) });
    if (diskFreeMb < scarceDiskMb) {
      warnings.push(`Only ${megabytes(diskFreeMb)} of disk are free on ${host}; the download may not fit.`);
    }
  }
  const full =
    diskFreeMb !== null && diskFreeMb < leastDiskMb
      ? `The disk of ${host} is full: ${megabytes(diskFreeMb)} are free and at least ${leastDiskMb} MB are needed. Free some space there first.`
      : null;
  return { facts: lines, warnings, full };
}

/** "1.2 of 16 GB free": one digit below 100 GB, none above. */
function freeOf(freeMb: number, totalMb: number | null): string {
  if (totalMb === null) return `${sizeOf(freeMb)} free`;
  if (totalMb < 1024) return `${Math.round(freeMb)} of ${Math.round(totalMb)} MB free`;
  return `${gigabytes(freeMb)} of ${gigabytes(totalMb)} GB free`;
}

function sizeOf(mb: number): string {
  return mb < 1024 ? megabytes(mb) : `${gigabytes(mb)} GB`;
}

function megabytes(mb: number): string {
  return `${Math.round(mb)} MB`;
}

function gigabytes(mb: number): string {
  const gb = mb / 1024;
  return gb >= 99.95 ? String(Math.round(gb)) : gb.toFixed(1).replace(/\.0$/, '');
}
