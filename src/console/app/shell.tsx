import { useEffect, useErrorBoundary, useState } from 'preact/hooks';
import type { Me, Now } from '#api/contract/house.ts';
import { Time } from '../parts/time.tsx';
import { anyEvent, useAnswer } from './answers.ts';
import { call } from './api.ts';
import { AskSheet, askSheetOpen } from './ask-sheet.tsx';
import { answering, connection } from './connection.ts';
import { CurrentPage } from './current-page.tsx';
import { watchKeys } from './keys.ts';
import { KeysSheet } from './keys-sheet.tsx';
import { Logo } from './logo.tsx';
import { AskButton, Rail, Tabs } from './nav.tsx';
import { route } from './router.ts';
import { showCount } from './title.ts';

/** Everything around a page: the way about, the strip that says the connection is gone, the sheets. */
export function Shell({ me }: { me: Me }) {
  const now = useAnswer<Now>('/now', anyEvent);
  const waiting = now.value?.needsYouCount ?? 0;
  const lost = connection.value.state === 'lost';
  useEffect(watchKeys, []);
  useEffect(() => showCount(waiting), [waiting, route.value]);
  return (
    <div class={`shell${lost ? ' shell-lost' : ''}`}>
      <a class="skip-link" href="#main">
        Skip to the page
      </a>
      <nav class="rail" aria-label="Main">
        <a class="brand" href="/">
          <Logo /> Chiffon
        </a>
        <AskButton />
        <Rail waiting={waiting} />
        <p class="rail-foot muted small">
          {me.person.name}, {me.person.role}
          <br />
          {me.version}
        </p>
      </nav>
      {lost ? <LostStrip since={new Date(connection.value.since).toISOString()} /> : null}
      <main id="main" tabIndex={-1} class={`main page-of-${route.value.page}`}>
        <Guarded key={JSON.stringify(route.value)} me={me} />
      </main>
      <nav class="tabs" aria-label="Main">
        <Tabs waiting={waiting} />
      </nav>
      {askSheetOpen.value ? <AskSheet me={me} /> : null}
      <KeysSheet />
    </div>
  );
}

function LostStrip({ since }: { since: string }) {
  const [looked, setLooked] = useState(false);
  useEffect(() => {
    // Whether it is Chiffon that is away or only the stream decides what helps.
    const look = () => void call('GET', '/me').then(() => setLooked(true));
    look();
    const timer = setInterval(look, 5000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="lost-strip" role="alert">
      No connection to Chiffon since <Time at={since} />. Showing what was known then.
      {looked && answering.value ? (
        <span class="lost-hint">
          Chiffon answers, but its stream of events does not come through. A proxy in between may hold back{' '}
          <code>/api/v1/events</code>; it has to pass it on unbuffered.
        </span>
      ) : null}
    </div>
  );
}

function Guarded({ me }: { me: Me }) {
  const [problem] = useErrorBoundary();
  if (problem === undefined) return <CurrentPage me={me} />;
  return (
    <div class="page">
      <h1 tabIndex={-1}>This page could not be drawn</h1>
      <p>
        Nothing was changed by it. The other pages and the chat work as before.{' '}
        <code>{problem instanceof Error ? problem.message : String(problem)}</code>
      </p>
      <p>
        <button type="button" class="button" onClick={() => location.reload()}>
          Load it again
        </button>
      </p>
    </div>
  );
}
