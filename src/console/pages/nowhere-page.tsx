import { Page } from '../parts/page.tsx';

/** An address that names nothing. */
export function NowherePage() {
  return (
    <Page title="Nothing is at this address" question="The link may be from an older version, or cut short.">
      <p>
        <a href="/">Go to Now</a>
      </p>
    </Page>
  );
}
