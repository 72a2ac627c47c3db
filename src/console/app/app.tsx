import { useEffect } from 'preact/hooks';
import { SignInPage } from '../pages/sign-in-page.tsx';
import { announcement } from './announce.ts';
import { forgetAll } from './answers.ts';
import { disconnect, stayConnected } from './live.ts';
import { me } from './session.ts';
import { Shell } from './shell.tsx';
import { Starting } from './starting.tsx';

/** The console: the sign-in page until somebody is signed in, then the house. */
export function App() {
  // Tabs share what they hear only among their like: the same person sees the same, the same version says the same.
  const signedIn = me.value ? `${me.value.person.id} ${me.value.version}` : undefined;
  useEffect(() => {
    if (signedIn === undefined) return;
    stayConnected(signedIn);
    return () => {
      disconnect();
      forgetAll();
    };
  }, [signedIn]);
  return (
    <>
      {me.value === undefined ? <Starting /> : me.value === null ? <SignInPage /> : <Shell me={me.value} />}
      <div class="unseen" role="status">
        {announcement.value}
      </div>
    </>
  );
}
