/** How many bytes each stream had when the attempt ended: all of these were sent. */
interface Bytes {
  readonly bytes: { readonly out: number; readonly err: number };
}

/** What the host reports behind the end mark of an attempt. */
export type Ending =
  | ({
      readonly state: 'exited';
      readonly code: number;
      readonly how: 'exited' | 'timed_out' | 'cancelled';
      /** Whole seconds between start and end, by the host's clock. */
      readonly seconds: number;
      /** Kilobytes left on the file system of the home folder; null where it could not be told. */
      readonly freeKb: number | null;
      readonly records: Readonly<Record<string, string>>;
      /** The last few kilobytes of each stream. */
      readonly errTail: string;
      readonly outTail: string;
    } & Bytes)
  | ({ readonly state: 'lost'; readonly reason: 'boot' | 'vanished' | 'claimed' } & Bytes)
  | { readonly state: 'not_started'; readonly why: string; readonly freeKb: number | null };

/** Reads the report; null when it is not complete, because the connection broke in it. */
export function readEnding(text: string): Ending | null {
  const lines = text.split('\n');
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
  const bytes = { out: Number(fields.get('out_bytes')), err: Number(fields.get('err_bytes')) };
  if (!Number.isInteger(bytes.out) || !Number.isInteger(bytes.err)) return null;
  if (state === 'lost') {
    const reason = fields.get('reason');
    return reason === 'boot' || reason === 'claimed'
      ? { state, reason, bytes }
      : { state, reason: 'vanished', bytes };
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
    bytes,
    how: how === 'timed_out' || how === 'cancelled' ? how : 'exited',
    seconds: Number.isFinite(seconds) ? Math.max(0, seconds) : 0,
    freeKb: free === undefined ? null : Number(free),
    records: recordsOf(sections['records'] ?? []),
    errTail: (sections['err'] ?? []).join('\n'),
    outTail: (sections['out'] ?? []).join('\n'),
  };
}

function recordsOf(lines: readonly string[]): Record<string, string> {
  const records: Record<string, string> = {};
  for (const line of lines) {
    const at = line.indexOf('=');
    if (at > 0) records[line.slice(0, at)] = line.slice(at + 1).replace(/\r$/, '');
  }
  return records;
}
