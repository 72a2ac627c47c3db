import { compactName } from '../catalog/compact-name.ts';
import type { Found } from './found.ts';
import type { Names } from './names.ts';
import type { Token } from './tokens.ts';

const portPlacing = new Set([
  'at',
  'on',
  'to',
  'via',
  'using',
  'with',
  'under',
  'through',
  'behind',
  'over',
  'and',
  'as',
  'listening',
  'its',
  'the',
  'a',
]);

/** "on port 3100", "gitea:3100", "at 8080". */
export function findPort(tokens: readonly Token[], at: number, names: Names): Found | null {
  const token = tokens[at] as Token;
  const joined = /^([a-z][a-z0-9.-]*|\d+\.\d+\.\d+\.\d+):(\d{2,5})$/.exec(token.text);
  if (joined !== null) {
    const port = { kind: 'port' as const, port: Number(joined[2]), soft: true, text: joined[2] as string };
    const service = names.services.get(compactName(joined[1] as string));
    if (service !== undefined)
      return { items: [{ kind: 'service', names: [service], text: service }, port], length: 1 };
    if ((joined[1] as string) === 'port') return { items: [port], length: 1 };
    return null;
  }
  const bare = /^(?::|port[=:]|-p=?|p[=:])(\d{1,6})$/.exec(token.text);
  if (bare !== null) return { items: [{ kind: 'port', port: Number(bare[1]), soft: true }], length: 1 };

  let next = at;
  while (next < tokens.length && next - at < 3 && portPlacing.has(tokens[next]?.text ?? '')) next += 1;
  const placed = next > at;
  const named = /^(?:port|ports|-p|--port)$/.test(tokens[next]?.text ?? '');
  if (named) next += 1;
  while (named && /^(?:number|no|nr|is|to|=|:|be|the)$/.test(tokens[next]?.text ?? '')) next += 1;
  const digits = /^[:#=]?(\d{1,6})$/.exec(tokens[next]?.text ?? '');
  if (digits === null || !(named || placed)) return null;
  if (tokens[at]?.text === 'and' && !named) return null;
  const number = Number(digits[1]);
  if (
    !named &&
    (number < 80 ||
      number > 65_535 ||
      !['at', 'on', 'to', 'via', 'under', 'using'].includes(tokens[next - 1]?.text ?? ''))
  )
    return null;
  if (!named && number < 1000 && ![80, 443, 81, 88].includes(number)) return null;
  return { items: [{ kind: 'port', port: number, soft: true }], length: next + 1 - at };
}
