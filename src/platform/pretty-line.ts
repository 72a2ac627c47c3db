import { inertText } from './untrusted-text.ts';

const words: Readonly<Record<string, string>> = {
  debug: 'debug',
  info: 'info ',
  warn: 'WARN ',
  error: 'ERROR',
};

/**
 * A log line for people, from the JSON one: local time, level, message, fields; the stack of an error on lines of its own.
 * Nothing in it can act on the terminal.
 */
export function prettyLine(json: string): string {
  const { time, level, message, error, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const clock = new Date(String(time)).toTimeString().slice(0, 8);
  const said = Object.entries(fields).map(([name, value]) => `${oneLine(name)}=${fieldText(value)}`);
  const head = [
    clock,
    words[String(level)] ?? String(level),
    oneLine(typeof message === 'string' ? message : ''),
    ...said,
  ].join(' ');
  return `${[head, ...errorLines(error)].join('\n')}\n`;
}

function fieldText(value: unknown): string {
  if (typeof value !== 'string') return oneLine(JSON.stringify(value));
  return /^[^\s"=]+$/.test(value) ? oneLine(value) : oneLine(JSON.stringify(value));
}

function oneLine(text: string): string {
  return inertText(text).replaceAll('\n', '\\n');
}

function errorLines(error: unknown): string[] {
  if (error === undefined) return [];
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? error.stack : undefined;
  const text = typeof stack === 'string' ? stack : typeof error === 'string' ? error : JSON.stringify(error);
  return inertText(text)
    .split('\n')
    .map((line) => `         ${line.trimStart()}`);
}
