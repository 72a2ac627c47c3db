/** One server-sent event. */
export interface StreamEvent {
  readonly id: string | null;
  readonly data: string;
}

/** Reads server-sent events out of text that arrives in pieces of any size. Comments (heartbeats) yield nothing. */
export function eventStreamReader(): (piece: string) => StreamEvent[] {
  let rest = '';
  let id: string | null = null;
  let data: string[] = [];
  return (piece) => {
    const events: StreamEvent[] = [];
    // A carriage return at the very end may be half of a line end: it waits for the next piece.
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) events.push({ id, data: data.join('\n') });
        id = null;
        data = [];
        continue;
      }
      const [field, value] = fieldOf(line);
      if (field === 'data') data.push(value);
      if (field === 'id') id = value;
    }
    return events;
  };
}

function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  if (colon === -1) return [line, ''];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value];
}
