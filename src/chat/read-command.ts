import type { Act } from './surface-port.ts';

/**
 * A decision or another act written as words, the typed twin of every button: `approve 142 7f3a`, `reject P-142 too
 * late`, `answer 143 2`. Null for everything else, which is then said to Chiffon as it stands. A number must follow the
 * verb at once, so that "stop jellyfin on n100" stays a sentence. Pure.
 */
export function readCommand(text: string): Act | null {
  // What is copied from a message can bring spaces along that keep a line from breaking.
  const words = unquoted(text).replaceAll('\u00a0', ' ');
  const match =
    /^([a-z]+(?:[ -][a-z]+)?)[ \t]+(?:[pr]-|#)?([0-9]{1,9})(?![\w.])[ \t]*:?(?:\s+([\s\S]*))?$/i.exec(words);
  if (match === null) return null;
  const verb = (match[1] ?? '').toLowerCase().replace(' ', '-');
  const number = Number(match[2]);
  const rest = (match[3] ?? '').trim();
  switch (verb) {
    case 'approve':
    case 'reject':
    case 'changes':
    case 'change':
    case 'request-changes':
      return decision(verb, number, rest);
    case 'stop':
      return rest === '' ? { kind: 'stop', plan: number } : null;
    case 'answer':
      return choice('answer', number, rest);
    case 'suggestion':
      return choice('suggestion', number, rest);
    case 'settle':
      return settled(number, rest);
    case 'acknowledge':
    case 'ack':
      return rest === '' ? { kind: 'acknowledge', request: number } : null;
    default:
      return null;
  }
}

/** What was copied from a card may still have its code marks around it. */
function unquoted(text: string): string {
  const trimmed = text.trim();
  const inner = /^(`+|["“'‘])([\s\S]*?)(?:`+|["”'’])$/.exec(trimmed);
  return (inner?.[2] ?? trimmed).trim();
}

function decision(verb: string, plan: number, rest: string): Act {
  if (verb === 'approve')
    return { kind: 'decide', decision: 'approve', plan, ...namedRevision(rest, isApprovalHash) };
  const { hash, comment } = namedRevision(rest, isPlainHash);
  return {
    kind: 'decide',
    decision: verb === 'reject' ? 'reject' : 'changes',
    plan,
    hash,
    comment,
    code: null,
  };
}

/**
 * The beginning of a hash, the typed code (of approvals only), and what else was said. Cards print hashes in small
 * letters and codes in capitals, so six characters that could be either are a code when they have a capital letter.
 */
function namedRevision(
  rest: string,
  looksLikeHash: (token: string) => boolean,
): { hash: string | null; code: string | null; comment: string | null } {
  let hash: string | null = null;
  let code: string | null = null;
  let left = rest;
  for (;;) {
    const [token = ''] = /^\S*/.exec(left) ?? [];
    const bare = token.replace(/[.,;…]+$/, '');
    if (looksLikeHash === isApprovalHash && code === null && isCode(bare)) code = bare.toUpperCase();
    else if (hash === null && looksLikeHash(bare)) hash = bare.toLowerCase();
    else break;
    left = left.slice(token.length).trimStart();
  }
  return { hash, code, comment: left === '' ? null : left };
}

function isApprovalHash(token: string): boolean {
  return /^[0-9a-f]{4,64}$/i.test(token);
}

/** Where a comment may follow, "added" and "faded" are words: a hash needs a digit, or the eight letters a card prints. */
function isPlainHash(token: string): boolean {
  return isApprovalHash(token) && (/[0-9]/.test(token) || token.length >= 8);
}

/** Six characters of the alphabet of `confirmCode`, in any case. */
function isCode(token: string): boolean {
  return /^[A-HJ-NP-Z2-9]{6}$/i.test(token) && (!isApprovalHash(token) || /[A-F]/.test(token));
}

function choice(kind: 'answer' | 'suggestion', request: number, rest: string): Act | null {
  if (!/^[1-9][0-9]?$/.test(rest)) return null;
  return { kind, request, index: Number(rest) - 1 };
}

const verdicts: Readonly<Record<string, 'completed' | 'failed' | 'again'>> = {
  completed: 'completed',
  finished: 'completed',
  failed: 'failed',
  'not finished': 'failed',
  again: 'again',
};

function settled(plan: number, rest: string): Act | null {
  const verdict = verdicts[rest.toLowerCase()];
  return verdict === undefined ? null : { kind: 'settle', plan, verdict };
}
