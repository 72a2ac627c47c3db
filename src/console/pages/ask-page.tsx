import { useState } from 'preact/hooks';
import type { Me } from '#api/contract/house.ts';
import { Page } from '../parts/page.tsx';
import { AskBox } from './ask-box.tsx';
import { Findings } from './findings.tsx';

/** Asking on a page of its own. */
export function AskPage({ me }: { me: Me }) {
  const [text, setText] = useState('');
  return (
    <Page title="Ask" question="What do you want done? Nothing runs before a plan is shown and approved.">
      <AskBox me={me} text={text} change={setText} autofocus />
      <Findings text={text} chosen={() => {}} />
    </Page>
  );
}
