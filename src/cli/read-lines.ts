/**
 * Lines of a stream of bytes, split at line feeds only: `node:readline` also splits at U+2028 and lone carriage returns, which
 * may stand inside a JSON text, and then answers no longer stand on the line of their question. A carriage return before
 * the line feed belongs to it. Null stands for a line that is not UTF-8.
 */
export async function* readLines(stream: AsyncIterable<Buffer | string>): AsyncGenerator<string | null> {
  let pieces: Buffer[] = [];
  for await (const chunk of stream) {
    let rest = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed)) {
      yield lineOf([...pieces, rest.subarray(0, end)]);
      pieces = [];
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) pieces.push(rest);
  }
  if (pieces.length > 0) yield lineOf(pieces);
}

const lineFeed = 10;
const carriageReturn = 13;

function lineOf(pieces: readonly Buffer[]): string | null {
  const bytes = Buffer.concat(pieces);
  const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
