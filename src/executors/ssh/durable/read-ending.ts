/** What the host reports behind the end mark of an attempt. */
export type Ending =
  | {
      readonly state: 'exited';
      readonly code: number;
      readonly how: 'exited' | 'timed_out' | 'cancelled';
      /** Whole seconds between start and end, by a clock of the host that nobody sets where it has one. */
      readonly seconds: number;
      /** Kilobytes left on the file system of the home folder; null where it could not be told. */
      readonly freeKb: number | null;
      /** Facts from `chiffon-record key=value` lines; those of a resumed attempt, of which not all output is seen again. */
      readonly records: Readonly<Record<string, string>>;
      /** The last few kilobytes of each stream. */
      readonly errTail: string;
      readonly outTail: string;
      /** Whether the shell that followed it takes another order. */
      readonly kept: boolean;
    }
  | { readonly state: 'lost'; readonly reason: 'boot' | 'vanished' | 'claimed' }
  | { readonly state: 'not_started'; readonly why: string; readonly freeKb: number | null };

/** How a complete report ends. */
const lastLine = '\nwhole\n';

/** Whether nothing more of a report can come. */
export function isWhole(text: string): boolean {
  return text.endsWith(lastLine);
}

/** Reads the report; null when it is not complete, because the connection broke in it. */
export function readEnding(text: string): Ending | null {
  if (!isWhole(text)) return null;
  const lines = text.slice(0, -lastLine.length).split('\n');
  const state = lines.shift()?.match(/^state=(.*)$/)?.[1];
  if (state === 'not_started') {
    const left = lines.shift()?.match(/^free_kb=(-?\d+)$/)?.[1];
    const why = lines.join('\n').replace(/\bfailed\s*$/, '');
    return { state, why: why.trim(), freeKb: left === undefined ? null : Number(left) };
  }
  const fields = new Map<string, string>();
  const sections: Record<string, string[]> = { records: [], err: [], out: [], df: [] };
  let section: string[] | undefined;
  for (const line of lines) {
    if (line.startsWith(' ')) section?.push(line.slice(1));
    else if (line in sections) section = sections[line];
    else if (section === undefined) {
      const [, key, value] = line.match(/^([a-z_]+)=(.*)$/) ?? [];
      if (key !== undefined && value !== undefined) fields.set(key, value);
    }
  }
  if (state === 'lost') {
    const reason = fields.get('reason');
    return { state, reason: reason === 'boot' || reason === 'claimed' ? reason : 'vanished' };
  }
  const code = Number(fields.get('code'));
  if (state !== 'exited' || !Number.isInteger(code) || fields.get('code') === '') return null;
  const how = fields.get('how');
  // The last line of df -Pk: blocks, used and available stand before the percentage.
  const free = sections['df']?.join('\n').match(/\s\d+\s+-?\d+\s+(-?\d+)\s+\d+%/)?.[1];
  const seconds = Number(fields.get('ended')) - Number(fields.get('started'));
  return {
    state,
    code,
    how: how === 'timed_out' || how === 'cancelled' ? how : 'exited',
    seconds: Number.isFinite(seconds) ? Math.max(0, seconds) : 0,
    freeKb: free === undefined ? null : Number(free),
    records: recordsOf(sections['records'] ?? []),
    errTail: (sections['err'] ?? []).join('\n'),
    outTail: (sections['out'] ?? []).join('\n'),
    kept: fields.get('kept') === 'yes',
  };
}

function recordsOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.flatMap((line) => recordOf(line) ?? []));
}

/** `key=value` as it stands behind `chiffon-record `; null when it is no record. */
export function recordOf(line: string): readonly [readonly [string, string]] | null {
  const [, key, value] = line.match(/^([\w.-]+)=(.*)$/s) ?? [];
  return key === undefined || value === undefined ? null : [[key, value.replace(/\r$/, '')]];
}
