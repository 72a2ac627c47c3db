import { useState } from 'preact/hooks';
import { announce } from '../app/announce.ts';
import { Icon } from './icon.tsx';

/** Copies text. `what` names it: "Copy the command". */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = async () => {
    const words = (await copyText(text)) ? 'Copied' : 'Not copied';
    announce(`${words}.`);
    setSaid(words);
    setTimeout(() => setSaid(null), 1500);
  };
  return (
    <button type="button" class="icon-button" aria-label={what} title={said ?? what} onClick={copy}>
      {said === null ? <Icon name="copy" /> : <span class="copied">{said}</span>}
    </button>
  );
}

/**
 * Puts text into the clipboard; false when the browser does not allow it. The clipboard's own interface exists only
 * over HTTPS and on localhost; a homelab often has neither.
 */
export async function copyText(text: string): Promise<boolean> {
  if (window.isSecureContext)
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}
