import type { Intent } from '#core/intent.ts';
import { inOrder } from './in-order.ts';
import { type Ask, isAsk, type Said } from './said.ts';
import type { Clause } from './split-clauses.ts';

// What a later clause changes about what was said before it.

/** "restart a and b on n100": the host belongs to all that share the verb. */
export function backfillHost(before: Said, shared: readonly (Intent | Ask)[], said: readonly Said[]): void {
  const host = shared[0]?.inputs['host'];
  if (host === undefined) return;
  for (const other of said) {
    if (other.match !== before.match) continue;
    other.parts = other.parts.map((part) =>
      part.inputs['host'] === undefined
        ? { ...part, inputs: inOrder({ ...part.inputs, host }, before.match?.pattern.meaning.inputs ?? {}) }
        : part,
    );
  }
}

/** "stop and update plex", "disk space and updates on n100": what was left out is said afterwards. */
export function forwardObject(before: Said | null, parts: readonly (Intent | Ask)[], clause: Clause): void {
  if (before === null || before.match === null || clause.link !== 'and') return;
  const service = parts.find((part) => !isAsk(part))?.inputs['service'];
  const host = parts.find((part) => !isAsk(part))?.inputs['host'];
  const { meaning, style } = before.match.pattern;
  before.parts = before.parts.map((part) => {
    if (
      isAsk(part) &&
      part.missing.kind === 'object' &&
      service !== undefined &&
      meaning.inputs['service'] !== undefined &&
      meaning.risk !== 'destructive'
    ) {
      const inputs = { ...part.inputs, service, ...(host === undefined ? {} : { host }) };
      return { command: part.command, inputs: inOrder(inputs, meaning.inputs) };
    }
    if (
      style === 'label' &&
      host !== undefined &&
      part.inputs['host'] === undefined &&
      meaning.inputs['host'] !== undefined
    ) {
      return { ...part, inputs: { ...part.inputs, host } };
    }
    return part;
  });
}

/** A condition takes back what its sentence asked for before it. */
export function dropSentence(said: Said[], sentence: number): void {
  for (let i = said.length - 1; i >= 0; i -= 1) if (said[i]?.clause.sentence === sentence) said.splice(i, 1);
}

/** "remove plex and everything else": what may destroy is not carried out with half of the sentence unread. */
export function askToConfirm(before: Said | null): void {
  if (before?.match?.pattern.meaning.risk !== 'destructive') return;
  before.parts = before.parts.map((part) => {
    const service = part.inputs['service'];
    if (isAsk(part) || service === undefined) return part;
    const { service: _, ...inputs } = part.inputs;
    return {
      command: part.command,
      missing: { kind: 'confirm', services: [String(service)] },
      inputs,
      firm: true,
    };
  });
}
