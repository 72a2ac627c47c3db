import type { CommandInput } from '../catalog/command-sentences.ts';
import { serviceNouns } from './english/soft-words.ts';
import type { Item } from './items.ts';
import type { Surroundings } from './match-pattern.ts';

/** What was found for a slot. */
export type Filling =
  /** One or more values, each a request of its own. `exact` is false for corrected names and for "it". */
  | { readonly kind: 'values'; readonly values: readonly (string | number)[]; readonly exact: boolean }
  /** One of several is meant, and the words do not say which. */
  | { readonly kind: 'several'; readonly said: string; readonly values: readonly string[] }
  /** "password manager" */
  | { readonly kind: 'sort'; readonly said: string; readonly values: readonly string[] }
  /** A name nobody knows. */
  | { readonly kind: 'stranger'; readonly said: string }
  /** Something else, or nothing: the reader looks at it. */
  | { readonly kind: 'anything'; readonly items: readonly Item[] };

interface Fill {
  readonly filling: Filling;
  readonly length: number;
}

const pronouns = new Set(['it', 'them', 'that', 'this', 'those', 'these', 'both', 'all', 'one', 'they']);
const machineNouns = new Set(
  'server servers host hosts machine machines box boxes hypervisor computer pc node nodes rack homelab lab cluster system desktop laptop workstation hardware'.split(
    ' ',
  ),
);
const diskNouns = new Set(
  'disk disks drive drives ssd ssds hdd hdds nvme partition partitions pool pools zpool filesystem filesystems raid array storage sda sdb sdc sdd vda vdb usb stick lvm'.split(
    ' ',
  ),
);
const massWords = new Set(['everything', 'all', 'every', 'each', 'any', 'whole', 'entire', 'anything']);
const massNouns = new Set(
  'volumes containers images data backups vms snapshots pods namespaces files databases disks services apps stacks networks secrets configs deployments nodes hosts servers stuff things lot cluster homelab lab house machines'.split(
    ' ',
  ),
);

/** All ways to fill a slot from a position on, the best first. */
export function fillSlot(
  name: string,
  input: CommandInput | undefined,
  items: readonly Item[],
  at: number,
  surroundings: Surroundings,
): readonly Fill[] {
  if (name === 'anything')
    return [{ filling: { kind: 'anything', items: items.slice(at) }, length: items.length - at }];
  const item = items[at];
  if (item === undefined) return [];
  if (name === 'machine') return fillMachine(items, at);
  if (name === 'disk') return fillDisk(items, at);
  if (name === 'mass') return fillMass(items, at);
  if (input?.values !== undefined) return fillFromList(input.values, items, at);
  switch (input?.kind) {
    case 'service':
      return fillService(items, at, surroundings);
    case 'host':
      return item.kind === 'host' ? [one(item.host, 1, !item.corrected)] : [];
    case 'port':
      return item.kind === 'port' ? [one(item.port, 1)] : [];
    case 'since':
      return item.kind === 'time' ? [one(item.text, 1)] : [];
    case 'task':
      return fillTask(items, at);
    case 'vm':
      return fillVm(items, at);
    case 'text':
      return fillText(items, at);
    case 'person':
      return fillPerson(items, at, input.known === true);
    case 'plan':
      return fillPlan(items, at);
    default:
      return [];
  }
}

function one(value: string | number, length: number, exact = true): Fill {
  return { filling: { kind: 'values', values: [value], exact }, length };
}

function fillService(items: readonly Item[], at: number, { mentioned }: Surroundings): readonly Fill[] {
  const item = items[at] as Item;
  if (item.kind === 'service') {
    if (item.names.length > 1)
      return [{ filling: { kind: 'several', said: item.raw, values: item.names }, length: 1 }];
    const run: Item[] = [];
    let end = at;
    for (
      let next = at;
      items[next]?.kind === 'service' || (items[next]?.kind === 'word' && items[next]?.soft === true);
      next += 1
    ) {
      const other = items[next] as Item;
      if (other.kind !== 'service') continue;
      run.push(other);
      end = next;
    }
    const single = run.filter((other) => other.kind === 'service' && other.names.length === 1);
    const values = [...new Set(single.flatMap((other) => (other.kind === 'service' ? other.names : [])))];
    return [
      {
        filling: { kind: 'values', values, exact: run.every((other) => !other.corrected) },
        length: end + 1 - at,
      },
    ];
  }
  if (item.kind === 'sort')
    return [{ filling: { kind: 'sort', said: item.text, values: item.names }, length: 1 }];
  if (item.kind !== 'word') return [];
  if (pronouns.has(item.text) && mentioned.length > 0) {
    const next = items[at + 1];
    const isPointing =
      next?.kind !== 'service' && !(next?.kind === 'word' && (serviceNouns.has(next.text) || next.unknown));
    if (!isPointing) return [];
    const many = ['them', 'both', 'those', 'these', 'all', 'they'].includes(item.text);
    if (many || mentioned.length === 1) {
      return [{ filling: { kind: 'values', values: mentioned, exact: mentioned.length === 1 }, length: 1 }];
    }
    return [{ filling: { kind: 'several', said: item.text, values: mentioned }, length: 1 }];
  }
  if (item.unknown) return [{ filling: { kind: 'stranger', said: item.raw }, length: 1 }];
  return [];
}

function fillTask(items: readonly Item[], at: number): readonly Fill[] {
  const text = items[at]?.text ?? '';
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*-\d+$/.test(text) || /^(?:vm|ct|lxc|node|pve|stage)-?\d+$/.test(text))
    return [];
  return [one(text.toUpperCase(), 1)];
}

const machineNoun = /^(?:vm|guest|lxc)$/;
/** Words before "vm" that tell which one no better than "vm" alone. */
const noMachineName = new Set(
  'the a an my our your this that these those all every each any some which what both other another new old last first next same running stopped whole entire virtual of on for and or to it vm vms'.split(
    ' ',
  ),
);

/** "vm 101", "101", "the windows vm". */
function fillVm(items: readonly Item[], at: number): readonly Fill[] {
  const named = fillNumberedVm(items, at);
  if (named.length > 0) return named;
  const item = items[at] as Item;
  const length = machineNoun.test(items[at + 1]?.text ?? '')
    ? 2
    : items[at + 1]?.text === 'virtual' && items[at + 2]?.text === 'machine'
      ? 3
      : 0;
  if (length === 0) return [];
  if (item.kind === 'service') return item.names.length === 1 ? [one(item.names[0] as string, length)] : [];
  if (item.kind === 'host') return item.placed ? [] : [one(item.host, length)];
  if (item.kind !== 'word' || noMachineName.has(item.text) || !/^[a-z]/.test(item.text)) return [];
  return [one(item.text, length)];
}

function fillNumberedVm(items: readonly Item[], at: number): readonly Fill[] {
  let next = at;
  let named = false;
  let sure = false;
  while (
    items[next]?.kind === 'word' &&
    /^(?:vm|vms|virtual|machine|machines|guest|ct|lxc|container|id|number|nr|no|#)$/.test(
      items[next]?.text ?? '',
    )
  ) {
    // "machine pve1" may be a host; only "virtual machine" is sure to be none.
    sure ||= /^(?:vms?|virtual|guest|ct|lxc)$/.test(items[next]?.text ?? '');
    named ||= !/^machines?$/.test(items[next]?.text ?? '');
    next += 1;
  }
  const item = items[next];
  const digits = /^(?:#|(?:vm|ct|lxc)[-#:]?)?(\d{1,9})$/.exec(item?.text ?? '');
  if (item?.kind === 'word' && digits !== null) {
    if (!named && (digits[1] as string).length < 3 && !/^[a-z#]/.test(item.text)) return [];
    return [one(digits[1] as string, next + 1 - at)];
  }
  // "container plex" is a service; only what is a virtual machine for sure may have any name.
  if (!sure || item === undefined) return [];
  if (item.kind === 'service' && item.names.length === 1)
    return [one(item.names[0] as string, next + 1 - at)];
  if (item.kind === 'host' && !item.placed) return [one(item.host, next + 1 - at)];
  return item.kind === 'word' && item.unknown ? [one(item.text, next + 1 - at)] : [];
}

/** Somebody of this house, "I" for whoever asks, and, unless only those are taken, any name that means nothing else. */
function fillPerson(items: readonly Item[], at: number, known: boolean): readonly Fill[] {
  const item = items[at] as Item;
  if (item.kind !== 'word') return [];
  if (item.person !== undefined) return [one(item.person, 1)];
  if (known) return [];
  if (/^(?:i|me|myself)$/.test(item.text)) return [one('me', 1)];
  return item.unknown && /^[a-z][a-z.'-]+$/.test(item.text) ? [one(item.text, 1)] : [];
}

/** "P-142", "R-142", "plan 142", "run 142-1", "#142": always as P-142. */
function fillPlan(items: readonly Item[], at: number): readonly Fill[] {
  const named = /^(?:plan|plans|run|request|number|no|nr)$/.test(items[at]?.text ?? '');
  const item = items[named ? at + 1 : at];
  if (item?.kind !== 'word') return [];
  const digits = (named ? /^(?:[pr]-?|#)?([1-9]\d{0,8})(?:-\d+)?$/ : /^(?:[pr]-?|#)([1-9]\d{0,8})$/).exec(
    item.text,
  )?.[1];
  return digits === undefined ? [] : [one(`P-${digits}`, named ? 2 : 1)];
}

function fillText(items: readonly Item[], at: number): readonly Fill[] {
  const part = items.slice(at).filter((item) => item.text !== '');
  while (part[0]?.soft === true) part.shift();
  while (part.at(-1)?.soft === true) part.pop();
  if (part.length === 0) return [];
  return [one(part.map((item) => item.raw).join(' '), items.length - at)];
}

function fillFromList(
  values: Readonly<Record<string, readonly string[]>>,
  items: readonly Item[],
  at: number,
): readonly Fill[] {
  for (let length = Math.min(3, items.length - at); length > 0; length -= 1) {
    const said = items
      .slice(at, at + length)
      .map((item) => item.text)
      .join(' ');
    for (const [value, others] of Object.entries(values)) {
      if (value === said || others.includes(said)) return [one(value, length)];
    }
  }
  return [];
}

function fillMachine(items: readonly Item[], at: number): readonly Fill[] {
  const item = items[at] as Item;
  if (item.kind === 'host' && !item.placed) {
    let length = 1;
    while (items[at + length]?.kind === 'word' && machineNouns.has(items[at + length]?.text ?? ''))
      length += 1;
    return [one(item.host, length)];
  }
  if (item.kind !== 'word' || !machineNouns.has(item.text)) return [];
  return [one(item.text, 1)];
}

function fillDisk(items: readonly Item[], at: number): readonly Fill[] {
  const item = items[at] as Item;
  if (item.kind === 'host' && !item.placed) return [one(item.host, 1)];
  const { text } = item;
  const isDisk =
    diskNouns.has(text) || /^\/?dev\/|^(?:sd[a-z]|vd[a-z]|nvme\d|hd[a-z])\w*$|^\/dev$/.test(text);
  return isDisk ? [one(text, 1)] : [];
}

function fillMass(items: readonly Item[], at: number): readonly Fill[] {
  const item = items[at] as Item;
  if (item.kind !== 'word') return [];
  if (item.text === 'it' || item.text === 'them')
    return items[at + 1]?.text === 'all' ? [one('it all', 2)] : [];
  const isAll = massWords.has(item.text);
  if (!isAll && !massNouns.has(item.text)) return [];
  return [one(item.text, 1)];
}
