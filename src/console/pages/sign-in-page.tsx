import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '#api/contract/problem.ts';
import { Logo } from '../app/logo.tsx';
import { signInProblem } from '../app/session.ts';
import { signIn } from '../app/sign-in.ts';
import { ProblemNotice } from '../parts/notice.tsx';

/** Who is there? One field for the token. */
export function SignInPage() {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(signInProblem.value);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const send = async () => {
    if (token.trim() === '' || busy) return;
    setBusy(true);
    setProblem(null);
    signInProblem.value = null;
    const answer = await signIn(token.trim());
    setBusy(false);
    if (!answer.ok) setProblem(answer.problem);
  };
  return (
    <main class="sign-in">
      <form
        class="sign-in-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div class="brand brand-big">
          <Logo /> Chiffon
        </div>
        <h1 tabIndex={-1}>Sign in</h1>
        <label for="token">Token</label>
        <input
          id="token"
          ref={field}
          type="password"
          class="mono"
          autocomplete="current-password"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        {problem ? <ProblemNotice problem={problem} /> : null}
        <button
          type="submit"
          class="button button-primary button-wide"
          aria-disabled={token.trim() === '' || busy ? 'true' : undefined}
          aria-busy={busy}
        >
          Sign in
        </button>
        <p class="muted small">
          Chiffon shows its token and a link that signs in by itself when it starts.{' '}
          <code>chiffon token</code> prints the token again.
        </p>
      </form>
    </main>
  );
}
