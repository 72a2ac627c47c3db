import { useEffect, useState } from 'preact/hooks';
import { ProblemNotice } from '../parts/notice.tsx';
import { Logo } from './logo.tsx';
import { startProblem } from './session.ts';

/** What stands on the page until it is known who looks at it: nothing at first, as that takes only a moment. */
export function Starting() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 300);
    return () => clearTimeout(timer);
  }, []);
  const problem = startProblem.value;
  if (!slow && problem === null) return null;
  return (
    <main class="sign-in">
      <div class="sign-in-form">
        <div class="brand brand-big">
          <Logo /> Chiffon
        </div>
        <h1 tabIndex={-1}>{problem === null ? 'One moment' : 'Chiffon cannot answer now'}</h1>
        {problem === null ? (
          <p class="muted">Waiting for Chiffon’s first answer.</p>
        ) : (
          <>
            <ProblemNotice problem={problem} />
            <p class="muted small">The page tries again every two seconds.</p>
          </>
        )}
      </div>
    </main>
  );
}
