import type { TrailCommit } from '#flow/record-questions.ts';
import type { EventHead } from './event-head.ts';

/** What a commit says about itself in the last lines of its message, as `git interpret-trailers` reads them. */
export interface Trailers extends EventHead {
  readonly kind: TrailCommit['kind'];
  readonly plan: number | null;
  readonly run: string | null;
  /** Further lines, such as Plan-Hash and Approved-By, in the order they are written. */
  readonly more: readonly (readonly [name: string, value: string])[];
}

/** The whole message: one line that says what happened, words of the ledger, and the trailers. */
export function commitMessage(subject: string, words: string, trailers: Trailers): string {
  const lines = [
    ['Kind', trailers.kind],
    ...(trailers.plan === null ? [] : [['Plan', `P-${trailers.plan}`]]),
    ...trailers.more,
    ...(trailers.run === null ? [] : [['Run', trailers.run]]),
    ['Event-Head', trailers.head],
    ['Event-Position', String(trailers.position)],
    ['Events', String(trailers.events)],
  ];
  const parts = [
    oneLine(subject).slice(0, longestSubject),
    words.trim(),
    lines.map(([name, value]) => `${name}: ${oneLine(String(value))}`).join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Characters; a title is longer than git likes it, and cut rather than wrapped. */
const longestSubject = 120;

/** What people wrote must not be able to add a trailer of its own. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Reads the last paragraph of a message; null when the commit isn't one of Chiffon's. */
export function readTrailers(message: string): Trailers | null {
  const said = new Map<string, string>();
  const lines = message.trimEnd().split('\n\n').at(-1)?.split('\n') ?? [];
  for (const line of lines) {
    const [, name, value] = /^([A-Za-z-]+): (.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    said.set(name, value);
  }
  const kind = kinds.find((known) => known === said.get('Kind'));
  const head = said.get('Event-Head') ?? '';
  const position = Number(said.get('Event-Position'));
  const events = Number(said.get('Events'));
  if (kind === undefined || !/^[0-9a-f]{64}$/.test(head)) return null;
  if (!Number.isSafeInteger(position) || !Number.isSafeInteger(events)) return null;
  const plan = /^P-(\d+)$/.exec(said.get('Plan') ?? '')?.[1];
  const own = new Set(['Kind', 'Plan', 'Run', 'Event-Head', 'Event-Position', 'Events']);
  return {
    kind,
    plan: plan === undefined ? null : Number(plan),
    run: said.get('Run') ?? null,
    position,
    events,
    head,
    more: [...said].filter(([name]) => !own.has(name)),
  };
}

const kinds = ['beginning', 'decision', 'result', 'anchor'] as const;
