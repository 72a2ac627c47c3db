import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { Me } from '#api/contract/house.ts';
import { AskBox } from '../pages/ask-box.tsx';
import { Findings } from '../pages/findings.tsx';
import { Sheet } from '../parts/sheet.tsx';

/** Whether the ask sheet is open. */
export const askSheetOpen = signal(false);

/** Asking from anywhere: words for Chiffon, or the name of a page, a machine or a request. */
export function AskSheet({ me }: { me: Me }) {
  const [text, setText] = useState('');
  const close = () => {
    askSheetOpen.value = false;
  };
  return (
    <Sheet title="What do you want done?" close={close}>
      <AskBox me={me} text={text} change={setText} sent={close} autofocus />
      <Findings text={text} chosen={close} />
    </Sheet>
  );
}
