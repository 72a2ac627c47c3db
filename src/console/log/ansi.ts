/** How text is to be drawn; every colour is one of sixteen numbers that the theme turns into a readable one. */
export interface Style {
  readonly colour: number | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly reverse: boolean;
}

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export const plainStyle: Style = {
  colour: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  reverse: false,
};

/* Escape sequences: CSI … final byte; OSC … BEL or ST (a link's address goes, its words stay); any other two-byte one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal output is made of them
const escapes =
  /\u001b\[([0-?]*)[ -/]*([@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|\u001b[PX^_][^\u001b]*(?:\u001b\\|$)|\u001b[ -/]*[0-~]?/g;

/**
 * Turns a line of terminal output into spans, starting in a style, and says in which style it ends. Only colours and
 * emphasis are kept; everything that would move a cursor, set a title or link somewhere is dropped, and any other
 * control character becomes a dot.
 */
export function readAnsi(line: string, start: Style = plainStyle): { spans: Span[]; end: Style } {
  const spans: Span[] = [];
  let style = start;
  let from = 0;
  const add = (text: string) => {
    if (text === '') return;
    const clean = withoutControls(text);
    const last = spans.at(-1);
    if (last && last.style === style) spans[spans.length - 1] = { text: last.text + clean, style };
    else spans.push({ text: clean, style });
  };
  for (const match of line.matchAll(escapes)) {
    add(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm' && /^[\d;:]*$/.test(match[1] ?? '')) style = withCodes(style, match[1] ?? '');
  }
  add(line.slice(from));
  return { spans, end: style };
}

/** The words alone. */
export function plainText(spans: readonly Span[]): string {
  return spans.map((span) => span.text).join('');
}

/** The classes a span is drawn with. */
export function classesOf(style: Style): string {
  const classes: string[] = [];
  if (style.colour !== null) classes.push(`ansi-${style.colour}`);
  for (const name of ['bold', 'dim', 'italic', 'underline', 'strike', 'reverse'] as const)
    if (style[name]) classes.push(`sgr-${name}`);
  return classes.join(' ');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Marks that reorder or hide text, with which a log line could show one thing and mean another. */
const invisible = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

function withoutControls(text: string): string {
  return text.replace(controls, '·').replace(invisible, '·');
}

const simple: Readonly<Record<number, Partial<Style>>> = {
  0: plainStyle,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { reverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { reverse: false },
  29: { strike: false },
  39: { colour: null },
};

function withCodes(start: Style, codes: string): Style {
  let style = start;
  // `38:2::r:g:b` leaves the colour space empty; `38;2;r;g;b` has no place for one.
  const numbers = codes
    .replace(/([34]8:2):\d*(?=(?::\d+){3})/g, '$1')
    .split(/[;:]/)
    .map((code) => (code === '' ? 0 : Number(code)));
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at] ?? 0;
    if (code === 38 || code === 48 || code === 58) {
      const [colour, used] = extendedColour(numbers.slice(at + 1));
      // Backgrounds are ignored: what a host paints behind its text must not make it unreadable here.
      if (code === 38) style = { ...style, colour };
      at += used;
    } else if (code >= 30 && code <= 37) style = { ...style, colour: code - 30 };
    else if (code >= 90 && code <= 97) style = { ...style, colour: code - 82 };
    else style = { ...style, ...simple[code] };
  }
  return style;
}

/** `5;n` (256 colours) and `2;r;g;b`: the nearest of the sixteen, and how many numbers were read. */
function extendedColour(rest: readonly number[]): [number | null, number] {
  if (rest[0] === 5) return [fromPalette(rest[1] ?? 0), 2];
  if (rest[0] === 2) return [nearest(rest[1] ?? 0, rest[2] ?? 0, rest[3] ?? 0), 4];
  return [null, 0];
}

function fromPalette(index: number): number {
  if (index < 16) return index;
  if (index >= 232) return index < 244 ? 8 : 7;
  const cube = index - 16;
  const level = (part: number) => (part === 0 ? 0 : 55 + part * 40);
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function nearest(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue);
  if (most < 64) return 8;
  const bit = (part: number) => (part > most / 2 ? 1 : 0);
  return bit(red) + 2 * bit(green) + 4 * bit(blue) + (most > 200 ? 8 : 0);
}
