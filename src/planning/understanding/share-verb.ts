import type { Intent } from '#core/intent.ts';
import { fillSlot } from './fill-slot.ts';
import { inOrder } from './in-order.ts';
import { isFree, type Match } from './match-pattern.ts';
import { type Ask, isAsk, type Said } from './said.ts';
import type { Clause } from './split-clauses.ts';

/** "restart plex and jellyfin", "restart plex, I mean jellyfin": a clause of names takes the verb before it. */
export function shareVerb(
  before: Said,
  clause: Clause,
  isCorrection: boolean,
): (Intent | Ask)[] | 'merged' | null {
  const { meaning } = (before.match as Match).pattern;
  const first = before.parts.at(-1);
  if (first === undefined) return null;
  const items = clause.items.filter((item) => item.text !== '');
  const start = items.findIndex((item) => !item.soft);
  const hosts = items.flatMap((item) => (item.kind === 'host' ? [item.host] : []));
  const port = items.find((item) => item.kind === 'port');
  const object =
    Object.entries(meaning.inputs).find(([, input]) => input.required) ?? Object.entries(meaning.inputs)[0];

  if (start >= 0 && object !== undefined) {
    const [name, input] = object;
    for (const { filling, length } of fillSlot(name, input, items, start, { mentioned: [] })) {
      const rest = items
        .slice(start + length)
        .filter((item) => !isFree(item) && !/^(?:stage|stages|task|vm|too|one)$/.test(item.text));
      if (rest.length > 0 || filling.kind === 'anything') continue;
      const { inputs } = first;
      const kept: Record<string, string | number> = { ...inputs };
      delete kept[name];
      if (!isCorrection) {
        delete kept['port'];
        if (hosts.length > 0) kept['host'] = hosts[0] as string;
        else if (before.parts.length > 0) delete kept['host'];
        if (hosts.length === 0 && inputs['host'] !== undefined && placedBefore(before))
          kept['host'] = inputs['host'];
      }
      if (port?.kind === 'port' && meaning.inputs['port'] !== undefined) kept['port'] = port.port;
      if (clause.link === 'or') {
        const values = [
          ...before.parts.flatMap((part) =>
            part.inputs[name] === undefined ? [] : [String(part.inputs[name])],
          ),
          ...(filling.kind === 'values' ? filling.values.map(String) : []),
        ];
        before.parts = [
          {
            command: meaning.command,
            missing: { kind: 'several', said: values.join(' or '), values },
            inputs: kept,
            firm: true,
          },
        ];
        return 'merged';
      }
      if (filling.kind !== 'values') {
        return [
          {
            command: meaning.command,
            missing:
              filling.kind === 'stranger' || filling.kind === 'sort' || filling.kind === 'several'
                ? filling
                : { kind: 'object', bare: false },
            inputs: kept,
            firm: true,
          },
        ];
      }
      if (meaning.risk === 'destructive' && (!filling.exact || isCorrection)) {
        return [
          {
            command: meaning.command,
            missing: { kind: 'confirm', services: filling.values.map(String) },
            inputs: kept,
            firm: true,
          },
        ];
      }
      // "restart it, plex I mean": the name answers what the words before left open.
      if (isAsk(first) && (first.missing.kind === 'vague' || first.missing.kind === 'object'))
        before.parts = before.parts.slice(0, -1);
      return filling.values.map((value) => ({
        command: meaning.command,
        inputs: inOrder({ ...kept, [name]: value }, meaning.inputs),
      }));
    }
  }
  if (
    port?.kind === 'port' &&
    items.every((item) => isFree(item) || portTalk.has(item.text)) &&
    meaning.inputs['port'] !== undefined
  ) {
    before.parts = before.parts.map((part) => ({
      ...part,
      inputs: inOrder({ ...part.inputs, port: port.port }, meaning.inputs),
    }));
    return 'merged';
  }
  if (
    hosts.length > 0 &&
    items.every((item) => item.kind === 'host' || isFree(item)) &&
    meaning.inputs['host'] !== undefined &&
    !isAsk(first)
  ) {
    // "I need navidrome, on the nas": where it goes is said afterwards.
    if (hosts.length === 1 && before.parts.every((part) => part.inputs['host'] === undefined)) {
      before.parts = before.parts.map((part) => ({
        ...part,
        inputs: inOrder({ ...part.inputs, host: hosts[0] as string }, meaning.inputs),
      }));
      return 'merged';
    }
    return hosts.map((host) => ({ ...first, inputs: inOrder({ ...first.inputs, host }, meaning.inputs) }));
  }
  return null;
}

const portTalk = new Set([
  'use',
  'using',
  'make',
  'put',
  'it',
  'open',
  'listen',
  'expose',
  'run',
  'with',
  'should',
  'be',
  'want',
  'i',
  'set',
]);

/** Whether the host stood before the names it is for: "on n100, restart a and b". */
function placedBefore(before: Said): boolean {
  return (
    before.clause.items.findIndex((item) => item.kind === 'host') <
    before.clause.items.findIndex((item) => item.kind === 'service')
  );
}
