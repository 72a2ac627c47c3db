import { useState } from 'preact/hooks';
import { announce } from '../app/announce.ts';
import { Icon } from './icon.tsx';

/** Copies text. `what` names it: "Copy the command". */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(text);
    announce('Copied.');
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={what}
      title={copied ? 'Copied' : what}
      onClick={copy}
    >
      {copied ? <span class="copied">Copied</span> : <Icon name="copy" />}
    </button>
  );
}

/** The clipboard's own interface exists only over HTTPS and on localhost; a homelab often has neither. */
export async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}
