import { Buffer } from 'node:buffer';

/** A line of a secret this long is secret enough to be hidden on its own; key files have lines of 64 and 70. */
const shortestLine = 16;

/** Every form in which a secret is looked for, the plain one included. */
export function hiddenForms(secret: string): Set<string> {
  const plain = secret.replaceAll('\r\n', '\n');
  const lines = plain.split('\n');
  const forms = new Set<string>();
  const roots = [plain];
  if (lines.length > 1) {
    roots.push(lines.join('\r\n'), lines.join(' '));
    // The first and last line of a PEM file are the same for everybody.
    roots.push(...lines.filter((line) => line.length >= shortestLine && !/^-+[A-Z ]+-+$/.test(line)));
  }
  for (const root of roots) {
    forms.add(root);
    for (const write of [base64Forms, urlForms, jsonForms, shellForms, hexForms]) {
      for (const form of write(root)) forms.add(form);
    }
  }
  return forms;
}

/**
 * A secret inside longer base64 begins at one of three places in a group. Digits that also depend on the bytes beside it
 * are left out: two or three before it and one after.
 */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [0, 1, 2].flatMap((offset) => {
    const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const own = digits.slice(offset === 0 ? 0 : offset + 1, Math.floor(((offset + bytes.length) * 8) / 6));
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** What programs leave as it is differs: all but letters and digits, what JavaScript leaves, what leaves slashes, forms. */
const urlHabits = [
  { keeps: /[A-Za-z0-9._~-]/, space: '%20' },
  { keeps: /[A-Za-z0-9._~!'()*-]/, space: '%20' },
  { keeps: /[A-Za-z0-9._~/-]/, space: '%20' },
  { keeps: /[A-Za-z0-9._*-]/, space: '+' },
  { keeps: /[A-Za-z0-9._~!$&'()*+,;=:@/?#-]/, space: '%20' },
];

function urlForms(secret: string): string[] {
  const bytes = [...Buffer.from(secret, 'utf8')];
  return urlHabits.flatMap(({ keeps, space }) =>
    ['%XX', '%xx'].map((digits) =>
      bytes
        .map((byte) => {
          const character = String.fromCharCode(byte);
          if (byte === 0x20) return space;
          if (byte < 0x80 && keeps.test(character)) return character;
          const hex = byte.toString(16).padStart(2, '0');
          return `%${digits === '%XX' ? hex.toUpperCase() : hex}`;
        })
        .join(''),
    ),
  );
}

function jsonForms(secret: string): string[] {
  const once = jsonEscaped(secret);
  const asciiOnly = once.replace(/[\u007f-\uffff]/g, unicodeEscape);
  const forHtml = once.replace(/[<>&\u2028\u2029]/g, unicodeEscape);
  return [
    once,
    asciiOnly,
    forHtml,
    once.replaceAll('/', '\\/'),
    asciiOnly.replaceAll('/', '\\/'),
    jsonEscaped(once),
    jsonEscaped(asciiOnly),
  ];
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function shellForms(secret: string): string[] {
  return [
    secret.replaceAll("'", "'\\''"),
    secret.replaceAll("'", `'"'"'`),
    secret.replace(/["$`\\]/g, '\\$&'),
    secret.replace(/["$`\\!]/g, '\\$&'),
    // printf %q of bash and dash: a backslash before everything that could mean something.
    secret.replace(/[^A-Za-z0-9_@%+=:,./\u0080-\uffff-]/g, '\\$&'),
    secret.replace(/[^A-Za-z0-9_%+:./\u0080-\uffff-]/g, '\\$&'),
    // $'…', which bash prefers for control characters.
    secret.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t'),
  ];
}

function hexForms(secret: string): string[] {
  const hex = Buffer.from(secret, 'utf8').toString('hex');
  return [hex, hex.toUpperCase()];
}
