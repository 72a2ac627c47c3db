/** One way of saying something: words, slots for inputs, and groups of alternatives. */
export type Phrase = readonly PhrasePart[];

export type PhrasePart =
  | { readonly kind: 'word'; readonly text: string }
  /** An input by name; `anything` is reserved for the reader's own use. */
  | { readonly kind: 'slot'; readonly name: string }
  | { readonly kind: 'group'; readonly options: readonly Phrase[]; readonly optional: boolean };

export type ParsedPhrase =
  | { readonly ok: true; readonly phrase: Phrase }
  | { readonly ok: false; readonly problem: string };

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

/** Reads `give {service} a (kick|restart) [please]`. */
export function parsePhrase(text: string): ParsedPhrase {
  const tokens = text.toLowerCase().match(/\{[^{}]*\}|[()[\]|]|[^\s()[\]|{}]+|[{}]/g) ?? [];
  let at = 0;

  const sequence = (end: string | null): PhrasePart[] | string => {
    const parts: PhrasePart[] = [];
    while (at < tokens.length) {
      const token = tokens[at] as string;
      if (token === end || (end !== null && token === '|')) return parts;
      at += 1;
      const close = closing[token];
      if (close !== undefined) {
        const options = alternatives(close);
        if (typeof options === 'string') return options;
        parts.push({ kind: 'group', options, optional: token === '[' });
      } else if (token.startsWith('{')) {
        const name = token.slice(1, -1).trim();
        if (!/^[a-z][a-z_]*$/.test(name)) return `"${token}" is not a slot such as {service}`;
        parts.push({ kind: 'slot', name });
      } else if (/^[)\]|}]$/.test(token)) {
        return `there is a "${token}" too many`;
      } else {
        parts.push({ kind: 'word', text: token });
      }
    }
    return end === null ? parts : `a "${end}" is missing`;
  };

  const alternatives = (close: string): Phrase[] | string => {
    const options: Phrase[] = [];
    for (;;) {
      const option = sequence(close);
      if (typeof option === 'string') return option;
      if (option.length === 0) return `a group ending in "${close}" has an empty alternative`;
      options.push(option);
      const token = tokens[at];
      at += 1;
      if (token === close) return options;
      if (token !== '|') return `a "${close}" is missing`;
    }
  };

  const phrase = sequence(null);
  if (typeof phrase === 'string') return { ok: false, problem: phrase };
  if (phrase.length === 0) return { ok: false, problem: 'it is empty' };
  return { ok: true, phrase };
}

/** The names of all slots of a phrase. */
export function slotNames(phrase: Phrase): readonly string[] {
  return phrase.flatMap((part) =>
    part.kind === 'slot' ? [part.name] : part.kind === 'group' ? part.options.flatMap(slotNames) : [],
  );
}

/** All words of a phrase. */
export function phraseWords(phrase: Phrase): readonly string[] {
  return phrase.flatMap((part) =>
    part.kind === 'word' ? [part.text] : part.kind === 'group' ? part.options.flatMap(phraseWords) : [],
  );
}
