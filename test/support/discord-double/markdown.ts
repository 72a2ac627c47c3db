/** What Discord's clients make of a text: what is read, and everything that is more than letters. */
export interface ReadMarkdown {
  readonly seen: string;
  /** `bold`, `mention <@…>`, `link …`: everything a text did beyond standing there. */
  readonly effects: readonly string[];
}

interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Only at the start of a line. */
  readonly lineStart?: boolean;
  /** The group that is read on as markdown; without one the match is taken as it is. */
  readonly inner?: number;
  readonly shows?: (match: RegExpExecArray) => string;
}

/** In the order Discord's parser tries them (it is built on simple-markdown). */
const rules: readonly Rule[] = [
  {
    name: 'code block',
    pattern: /^```(?:[a-z0-9_+\-.#]+?\n)?\n*([^\n][^]*?)\n*```/i,
    shows: (match) => (match[1] ?? '').replace(/^/gm, '▏ '),
  },
  { name: 'code', pattern: /^(`+)([\s\S]*?[^`])\1(?!`)/, shows: (match) => match[2] ?? '' },
  { name: 'heading', pattern: /^#{1,3} +(?=\S)/, lineStart: true, shows: () => '' },
  { name: 'small', pattern: /^-# +(?=\S)/, lineStart: true, shows: () => '' },
  { name: 'quote', pattern: /^(?:>>> |> )/, lineStart: true },
  { name: 'list', pattern: /^ *(?:[*-]|\d+\.) +(?=\S)/, lineStart: true },
  {
    name: 'time',
    pattern: /^<t:(-?\d{1,17})(?::[tTdDfFRsS])?>/,
    shows: (match) => timeSeen(Number(match[1])),
  },
  { name: 'mention', pattern: /^<@[!&]?\d+>|^<#\d+>|^<\/[^:<>]{1,98}:\d+>|^<id:\w+>|^@everyone|^@here/ },
  { name: 'emoji', pattern: /^<a?:\w{2,32}:\d{17,21}>/ },
  { name: 'link', pattern: /^<(?:https?:\/\/|mailto:|tel:|sms:)[^ >]+>/ },
  {
    name: 'masked link',
    pattern:
      /^\[((?:\[[^\]]*\]|[^[\]]|\](?=[^[]*\]))*)\]\(\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['"][\s\S]*?['"])?\s*\)/,
  },
  { name: 'link', pattern: /^https?:\/\/[^\s<]+[^<.,:;"')\]\s]/i },
  { name: 'invitation', pattern: /^discord(?:app)?\.(?:gg|io|me|com\/invite)\/[\w-]+/i },
  { name: 'bold', pattern: /^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, inner: 1 },
  { name: 'underline', pattern: /^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, inner: 1 },
  {
    name: 'italics',
    pattern: /^\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/,
    inner: 1,
  },
  { name: 'italics', pattern: /^_((?:__|\\[\s\S]|[^\\_])+?)_(?![\w])/, inner: 1 },
  { name: 'struck', pattern: /^~~(?=\S)((?:\\[\s\S]|~(?!~)|[^\s\\~]|\s(?!~~))+?)~~/, inner: 1 },
  { name: 'spoiler', pattern: /^\|\|([\s\S]+?)\|\|/, inner: 1 },
];

/** Reads a text the way Discord's clients do. */
export function readMarkdown(text: string): ReadMarkdown {
  const effects: string[] = [];
  return { seen: read(text, true, effects), effects };
}

function read(text: string, startsLine: boolean, effects: string[]): string {
  let seen = '';
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const escaped = /^\\([^0-9A-Za-z\s])/.exec(rest);
    if (escaped !== null) {
      seen += escaped[1];
      at += 2;
      continue;
    }
    const lineStart = at === 0 ? startsLine : text[at - 1] === '\n';
    const hit = firstHit(rest, lineStart);
    if (hit === null) {
      seen += text[at];
      at += 1;
      continue;
    }
    const { rule, match } = hit;
    effects.push(
      rule.name === 'code block' || rule.inner !== undefined ? rule.name : `${rule.name} ${match[0].trim()}`,
    );
    if (rule.inner !== undefined) seen += read(match[rule.inner] ?? '', false, effects);
    else seen += rule.shows?.(match) ?? match[0];
    at += match[0].length;
  }
  return seen;
}

function firstHit(
  rest: string,
  lineStart: boolean,
): { readonly rule: Rule; readonly match: RegExpExecArray } | null {
  for (const rule of rules) {
    if (rule.lineStart === true && !lineStart) continue;
    const match = rule.pattern.exec(rest);
    if (match !== null) return { rule, match };
  }
  return null;
}

function timeSeen(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
