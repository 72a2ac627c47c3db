import type { Me } from '#api/contract/house.ts';
import { keysSheetOpen } from '../app/keys.ts';
import { signOut } from '../app/sign-in.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Page } from '../parts/page.tsx';

/** Everything the bottom bar has no room for. */
export function MorePage({ me }: { me: Me }) {
  return (
    <Page title="More" question={`Signed in as ${me.person.name}, ${me.person.role}`}>
      <ul class="rows more-rows">
        <More
          address="/audit"
          icon="audit"
          words="Audit"
          note="Who decided what, and was the record changed?"
        />
        <More address="/settings" icon="settings" words="Settings" note="Doctor, people, rules, look" />
        <li class="row">
          <button type="button" class="row-link more-link" onClick={() => (keysSheetOpen.value = true)}>
            <Icon name="more" />
            <span class="row-main">
              <span class="row-title">Keys</span>
              <span class="row-message muted">For hands on a keyboard</span>
            </span>
          </button>
        </li>
        <li class="row">
          <button type="button" class="row-link more-link" onClick={() => void signOut()}>
            <Icon name="sign_out" />
            <span class="row-main">
              <span class="row-title">Sign out</span>
              <span class="row-message muted">On this device</span>
            </span>
          </button>
        </li>
      </ul>
      <p class="muted small">Chiffon {me.version}</p>
    </Page>
  );
}

function More(props: { address: string; icon: IconName; words: string; note: string }) {
  return (
    <li class="row">
      <a class="row-link more-link" href={props.address}>
        <Icon name={props.icon} />
        <span class="row-main">
          <span class="row-title">{props.words}</span>
          <span class="row-message muted">{props.note}</span>
        </span>
      </a>
    </li>
  );
}
