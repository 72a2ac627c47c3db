import type { OutputChunk } from './executor-port.ts';
import type { Redaction } from './redaction-port.ts';

/**
 * Stores an attempt's output with secrets hidden. Chunks are kept back while the last of them could end in the
 * middle of a secret, so what is stored always ends where the host's offsets say it ends and no boundary splits one.
 */
export function storeOutput(
  append: (chunk: OutputChunk) => Promise<void>,
  redaction: Redaction,
): { readonly write: (chunk: OutputChunk) => Promise<void>; readonly end: () => Promise<void> } {
  const waiting = new Map<OutputChunk['stream'], OutputChunk>();

  const write = async (chunk: OutputChunk): Promise<void> => {
    const whole = { ...chunk, text: (waiting.get(chunk.stream)?.text ?? '') + chunk.text };
    const redactor = redaction.stream();
    const shown = redactor.push(whole.text);
    const heldBack = redactor.flush();
    if (heldBack !== '' && whole.text.length < maxWaiting) {
      waiting.set(chunk.stream, whole);
      return;
    }
    waiting.delete(chunk.stream);
    await append({ ...whole, text: shown + heldBack });
  };

  const end = async (): Promise<void> => {
    for (const chunk of waiting.values()) await append({ ...chunk, text: redaction.text(chunk.text) });
    waiting.clear();
  };
  return { write, end };
}

/** Characters a chunk may wait with; far longer than any secret, so that a flood without line ends still moves. */
const maxWaiting = 256 * 1024;
