import { render } from 'preact';
import { App } from './app/app.tsx';
import { followLinks } from './app/router.ts';
import { signInProblem } from './app/session.ts';
import { signIn, takeTokenFromAddress, whoAmI } from './app/sign-in.ts';
import { wearLook } from './look/look.ts';

wearLook();
followLinks();

const token = takeTokenFromAddress();
if (token === null) void whoAmI();
else
  void signIn(token).then((answer) => {
    if (answer.ok) return;
    signInProblem.value = answer.problem;
    void whoAmI();
  });

const home = document.getElementById('console');
if (home) render(<App />, home);
