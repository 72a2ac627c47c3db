import type { CommandSentences } from '../catalog/command-sentences.ts';
import { type Phrase, type PhrasePart, parsePhrase } from '../catalog/phrase.ts';
import type { VerbForm } from './english/openings.ts';
import { doing, done, past } from './inflect.ts';
import type { Style } from './pattern.ts';

/** What a command says for itself, in the shape of a catalog file. */
export type Sayings = Pick<
  CommandSentences,
  'command' | 'risk' | 'hands' | 'inputs' | 'verbs' | 'nouns' | 'orders' | 'questions' | 'labels'
> & {
  readonly object?: string | undefined;
};

/** One way of saying a command. */
export interface Way {
  readonly phrase: Phrase;
  readonly style: Style;
  readonly form: VerbForm;
}

/** Every way of saying a command: its own phrases, and what English makes of its verbs and nouns. */
export function waysOfSaying(saying: Sayings): readonly Way[] {
  const object = saying.object ?? Object.keys(saying.inputs)[0];
  const parse = (text: string): Phrase => {
    const parsed = parsePhrase(text);
    if (!parsed.ok)
      throw new Error(`the phrase "${text}" of ${saying.command} cannot be read: ${parsed.problem}`);
    return parsed.phrase;
  };
  const orders = saying.orders.map(parse);
  const said: Way[] = [
    ...saying.questions.map((text): Way => ({ phrase: parse(text), style: 'question', form: 'base' })),
    ...saying.labels.map((text): Way => ({ phrase: parse(text), style: 'label', form: 'base' })),
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
      ...nounTurns(nouns, object).map((text): Way => ({ phrase: parse(text), style: 'terse', form: 'base' })),
    );
  }
  for (const form of ['base', 'doing', 'past'] as const) {
    said.push(...orders.map((phrase): Way => ({ phrase: inflectFirst(phrase, form), style: 'order', form })));
  }
  return said;
}

const particles = new Set(['up', 'down', 'out', 'off', 'on', 'back', 'away', 'over', 'online', 'offline']);

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

function verbTurns(verbs: readonly (readonly string[])[], object: string): readonly Way[] {
  const slot: PhrasePart = { kind: 'slot', name: object };
  const formed = (form: (verb: string) => string) =>
    anyOf(verbs.map((verb) => toWords([form(verb[0] as string), ...verb.slice(1)])));
  const words = (text: string) => {
    const parsed = parsePhrase(text);
    return parsed.ok ? parsed.phrase : [];
  };
  const terse = (phrase: Phrase): Way => ({ phrase, style: 'terse', form: 'base' });
  return [
    terse([slot, anyOf(verbs.map(toWords))]),
    terse([...words('(get|have)'), slot, formed(done)]),
    terse([slot, ...words('(needs|need|has|wants|ought|have) to be'), formed(done)]),
    terse([slot, ...words('(should|must|can|could) be'), formed(done)]),
    terse([...words('(can|could|may|would|please have|let)'), slot, ...words('[please] be'), formed(done)]),
    terse([slot, ...words('(needs|need|wants|requires)'), formed(doing)]),
    terse([
      ...words('[i|we] (want|need|would like) [to have|to get|to see]'),
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
    `(new|fresh) ${nouns} {${object}}`,
    `{${object}} ${nouns}`,
    `[i|we] (want|need|would like|would love) ${sizes} ${nouns} (of|for|on) {${object}}`,
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
