import type { Catalog } from '../catalog/catalog.ts';
import type { CommandInput, CommandSentences } from '../catalog/command-sentences.ts';
import { type Phrase, type PhrasePart, parsePhrase, phraseWords } from '../catalog/phrase.ts';
import type { VerbForm } from './english/openings.ts';
import { doing, done, past } from './inflect.ts';

/** How a phrase may be said: an order starts with its verb; a question is asked whole; a label names what is wanted. */
export type Style = 'order' | 'terse' | 'question' | 'label';

/** What a phrase belongs to. */
export interface Meaning {
  readonly command: string;
  readonly risk: CommandSentences['risk'];
  readonly inputs: Readonly<Record<string, CommandInput>>;
}

/** A phrase ready for matching. */
export interface Pattern {
  readonly meaning: Meaning;
  readonly style: Style;
  readonly form: VerbForm;
  readonly nodes: readonly Node[];
  readonly start: number;
}

export type Node =
  | { readonly kind: 'slot'; readonly name: string; readonly next: number }
  | { readonly kind: 'word'; readonly text: string; readonly next: number }
  | {
      readonly kind: 'split';
      readonly words: ReadonlyMap<string, readonly number[]>;
      readonly others: readonly number[];
    }
  | { readonly kind: 'end' };

/** All phrases, found by a word that each of them needs. */
export interface Phrasebook {
  candidates(words: Iterable<string>): readonly Pattern[];
  readonly words: ReadonlySet<string>;
  /** Pairs of words around an "and" that belongs to a phrase: "off and on". */
  readonly joined: ReadonlySet<string>;
}

const particles = new Set(['up', 'down', 'out', 'off', 'on', 'back', 'away', 'over', 'online', 'offline']);

/** What a command says for itself, in the shape of a catalog file. */
export type Sayings = Pick<
  CommandSentences,
  'command' | 'risk' | 'inputs' | 'verbs' | 'nouns' | 'orders' | 'questions' | 'labels'
> & {
  readonly object?: string | undefined;
};

export function compilePhrases(sayings: readonly Sayings[]): Phrasebook {
  const byAnchor = new Map<string, Pattern[]>();
  const always: Pattern[] = [];
  const words = new Set<string>();
  const joined = new Set<string>();
  for (const saying of sayings) {
    const meaning = { command: saying.command, risk: saying.risk, inputs: saying.inputs };
    for (const { phrase, style, form } of phrasesOf(saying)) {
      for (const word of phraseWords(phrase)) words.add(word);
      for (const pair of pairsAroundAnd(phrase)) joined.add(pair);
      const pattern = { meaning, style, form, ...network(phrase) };
      const anchor = anchorOf(phrase);
      if (anchor === null) always.push(pattern);
      else {
        for (const word of anchor) {
          const list = byAnchor.get(word);
          if (list === undefined) byAnchor.set(word, [pattern]);
          else list.push(pattern);
        }
      }
    }
    for (const input of Object.values(saying.inputs)) {
      for (const [value, others] of Object.entries(input.values ?? {})) {
        for (const word of [value, ...others].flatMap((name) => name.split(' '))) words.add(word);
      }
    }
  }
  return {
    words,
    joined,
    candidates(said) {
      const found = new Set(always);
      for (const word of said) for (const pattern of byAnchor.get(word) ?? []) found.add(pattern);
      return [...found];
    },
  };
}

/** The words that only commands which destroy something use. */
export function destructiveWords(catalog: Catalog): ReadonlySet<string> {
  const split = (list: readonly CommandSentences[]) =>
    new Set(
      list.flatMap(({ verbs, nouns }) =>
        [...verbs, ...nouns].flatMap((words) => words.toLowerCase().split(/\s+/)),
      ),
    );
  const harmless = split(catalog.commands.filter(({ risk }) => risk !== 'destructive'));
  const harmful = split(catalog.commands.filter(({ risk }) => risk === 'destructive'));
  return new Set([...harmful].filter((word) => word.length > 3 && !harmless.has(word)));
}

interface Said {
  readonly phrase: Phrase;
  readonly style: Style;
  readonly form: VerbForm;
}

function phrasesOf(saying: Sayings): readonly Said[] {
  const object = saying.object ?? Object.keys(saying.inputs)[0];
  const parse = (text: string): Phrase => {
    const parsed = parsePhrase(text);
    if (!parsed.ok)
      throw new Error(`the phrase "${text}" of ${saying.command} cannot be read: ${parsed.problem}`);
    return parsed.phrase;
  };
  const orders = saying.orders.map(parse);
  const said: Said[] = [
    ...saying.questions.map((text): Said => ({ phrase: parse(text), style: 'question', form: 'base' })),
    ...saying.labels.map((text): Said => ({ phrase: parse(text), style: 'label', form: 'base' })),
  ];
  if (object !== undefined && saying.verbs.length > 0) {
    const verbs = saying.verbs.map((verb) => verb.toLowerCase().split(/\s+/));
    orders.push(...verbOrders(verbs, object));
    said.push(...verbTurns(verbs, object));
  }
  if (object !== undefined && saying.nouns.length > 0) {
    const nouns = `(${saying.nouns.join('|')})`;
    orders.push(...nounOrders(nouns, object).map(parse));
    said.push(
      ...nounTurns(nouns, object).map(
        (text): Said => ({ phrase: parse(text), style: 'terse', form: 'base' }),
      ),
    );
  }
  for (const form of ['base', 'doing', 'past'] as const) {
    said.push(
      ...orders.map((phrase): Said => ({ phrase: inflectFirst(phrase, form), style: 'order', form })),
    );
  }
  return said;
}

function verbOrders(verbs: readonly (readonly string[])[], object: string): readonly Phrase[] {
  const slot: PhrasePart = { kind: 'slot', name: object };
  const split = verbs.filter((verb) => verb.length > 1 && particles.has(verb.at(-1) as string));
  return [
    [anyOf(verbs.map(toWords)), slot],
    ...(split.length === 0
      ? []
      : [[anyOf(split.map((verb) => [...toWords(verb.slice(0, -1)), slot, ...toWords(verb.slice(-1))]))]]),
    [anyOf(verbs.map(toWords)), { kind: 'slot', name: 'anything' }],
  ];
}

function verbTurns(verbs: readonly (readonly string[])[], object: string): readonly Said[] {
  const slot: PhrasePart = { kind: 'slot', name: object };
  const formed = (form: (verb: string) => string) =>
    anyOf(verbs.map((verb) => toWords([form(verb[0] as string), ...verb.slice(1)])));
  const words = (text: string) => {
    const parsed = parsePhrase(text);
    return parsed.ok ? parsed.phrase : [];
  };
  const terse = (phrase: Phrase): Said => ({ phrase, style: 'terse', form: 'base' });
  return [
    terse([slot, anyOf(verbs.map(toWords))]),
    terse([...words('(get|have)'), slot, formed(done)]),
    terse([slot, ...words('(needs|need|has|wants|ought|have) to be'), formed(done)]),
    terse([slot, ...words('(should|must|can|could) be'), formed(done)]),
    terse([...words('(can|could|may|would|please have|let)'), slot, ...words('[please] be'), formed(done)]),
    terse([slot, ...words('(needs|need|wants|requires)'), formed(doing)]),
    terse([
      ...words('(i|we) (want|need|would like) [to have|to get|to see]'),
      slot,
      ...words('[to be]'),
      formed(done),
    ]),
    terse([...words('(can|could) (i|we|you) (have|get)'), slot, formed(done)]),
  ];
}

function nounOrders(nouns: string, object: string): readonly string[] {
  const doers =
    '(do|perform|run|make|take|save|create|trigger|issue|schedule|start|initiate|execute|request|order|kick off|carry out|grab|get|give me|give us)';
  const sizes =
    '[quick|full|fresh|new|clean|proper|little|complete|another|good|swift|short|hard|soft|manual|safe|current|one more]';
  return [
    `${doers} ${sizes} ${nouns} (of|for|on|to|from) {${object}}`,
    `${doers} {${object}} ${nouns}`,
    `give {${object}} ${sizes} ${nouns}`,
    `${doers} ${sizes} ${nouns} (of|for|on|to|from) {anything}`,
  ];
}

function nounTurns(nouns: string, object: string): readonly string[] {
  const sizes = '[quick|full|fresh|new|clean|proper|little|complete|another|good|swift]';
  return [
    `{${object}} (needs|need|wants|could use|deserves|requires|is due for|would like|is ready for|is in need of|could do with) ${sizes} ${nouns}`,
    `${nouns} (of|for|on|to) {${object}}`,
    `{${object}} ${nouns}`,
    `(i|we) (want|need|would like) ${sizes} ${nouns} (of|for|on) {${object}}`,
    `(can|could|may) (i|we|you|{${object}}) (get|have|do) ${sizes} ${nouns} (of|for|on) {${object}}`,
    `(can|could|may) {${object}} (get|have) ${sizes} ${nouns}`,
    `time for ${sizes} ${nouns} (of|for|on) {${object}}`,
    `time for {${object}} ${nouns}`,
  ];
}

function toWords(words: readonly string[]): Phrase {
  return words.map((text): PhrasePart => ({ kind: 'word', text }));
}

function anyOf(options: readonly Phrase[]): PhrasePart {
  return { kind: 'group', options, optional: false };
}

function inflectFirst(phrase: Phrase, form: VerbForm): Phrase {
  const [first, ...rest] = phrase;
  if (form === 'base' || first === undefined) return phrase;
  if (first.kind === 'word')
    return [{ kind: 'word', text: form === 'doing' ? doing(first.text) : past(first.text) }, ...rest];
  if (first.kind === 'slot') return phrase;
  return [{ ...first, options: first.options.map((option) => inflectFirst(option, form)) }, ...rest];
}

function network(phrase: Phrase): { readonly nodes: readonly Node[]; readonly start: number } {
  const nodes: Node[] = [{ kind: 'end' }];
  const build = (parts: Phrase, next: number): number => {
    let follow = next;
    for (const part of [...parts].reverse()) follow = buildPart(part, follow);
    return follow;
  };
  const buildPart = (part: PhrasePart, next: number): number => {
    if (part.kind !== 'group') return nodes.push({ ...part, next }) - 1;
    const words = new Map<string, number[]>();
    const others: number[] = [];
    for (const option of part.options) {
      const entry = build(option, next);
      const node = nodes[entry] as Node;
      if (node.kind === 'word') {
        const list = words.get(node.text);
        if (list === undefined) words.set(node.text, [node.next]);
        else list.push(node.next);
      } else others.push(entry);
    }
    if (part.optional) others.push(next);
    return nodes.push({ kind: 'split', words, others }) - 1;
  };
  return { start: build(phrase, 0), nodes };
}

const plainWords = new Set(
  'is are was were do does did what which how any there the of for on in to it we i you all my our be a an has have had can could get got give make take put run this that and at when who where show up'.split(
    ' ',
  ),
);

/** The words of which one has to be said: those of the phrase's most telling part. Null when it has no such part. */
function anchorOf(phrase: Phrase): ReadonlySet<string> | null {
  let best: ReadonlySet<string> | null = null;
  let bestWeight = Number.POSITIVE_INFINITY;
  for (const part of phrase) {
    const words = needed(part);
    if (words === null) continue;
    const weight = [...words].reduce((sum, word) => sum + (plainWords.has(word) ? 50 : 1), 0);
    if (weight < bestWeight) {
      best = words;
      bestWeight = weight;
    }
  }
  return best;
}

function needed(part: PhrasePart): ReadonlySet<string> | null {
  if (part.kind === 'word') return new Set([part.text]);
  if (part.kind === 'slot' || part.optional) return null;
  const words = new Set<string>();
  for (const option of part.options) {
    const anchor = anchorOf(option);
    if (anchor === null) return null;
    for (const word of anchor) words.add(word);
  }
  return words;
}

function pairsAroundAnd(phrase: Phrase): readonly string[] {
  return phrase.flatMap((part, index): readonly string[] => {
    if (part.kind === 'group') return part.options.flatMap(pairsAroundAnd);
    if (part.kind !== 'word' || part.text !== 'and') return [];
    const before = phrase[index - 1];
    const after = phrase.slice(index + 1, index + 3).flatMap((next) => phraseWords([next]));
    return before?.kind === 'word' ? after.map((word) => `${before.text}|${word}`) : [];
  });
}
