import type { Me, Settings } from '#api/contract/house.ts';
import { useAnswer } from '../app/answers.ts';
import { signOut } from '../app/sign-in.ts';
import { Page, Shown } from '../parts/page.tsx';
import { Channels } from './channels.tsx';
import { Doctor } from './doctor.tsx';
import { LookSettings } from './look-settings.tsx';

/** How is Chiffon set up, and is anything wrong with it? */
export function SettingsPage({ me }: { me: Me }) {
  const known = useAnswer<Settings>('/settings', () => false);
  return (
    <Page
      title="Settings"
      question="How is Chiffon set up, and is anything wrong with it?"
      tools={
        <button type="button" class="button button-small" onClick={() => void signOut()}>
          Sign out {me.person.name}
        </button>
      }
    >
      <Doctor />
      <Channels />
      <LookSettings />
      <Shown path="/settings" known={known}>
        {(settings) => <InForce settings={settings} />}
      </Shown>
    </Page>
  );
}

function InForce({ settings }: { settings: Settings }) {
  return (
    <>
      <section class="block">
        <h2 class="block-title">People and rights</h2>
        <ul class="rows">
          {settings.people.map((person) => (
            <li class="row setting" key={person.id}>
              <span class="setting-name">{person.name}</span>
              <span>
                {person.role}: <span class="muted">{rights[person.role] ?? 'rights of its own'}</span>
              </span>
              <span class="muted small">{person.accounts.join(', ')}</span>
            </li>
          ))}
        </ul>
      </section>
      <section class="block">
        <h2 class="block-title">Rules</h2>
        <ul class="rows">
          {settings.rules.map((rule) => (
            <li class="row setting" key={rule.name}>
              <code class="setting-name">{rule.name}</code>
              <span class="setting-words">{rule.words}</span>
            </li>
          ))}
        </ul>
      </section>
      <section class="block">
        <h2 class="block-title">Machines in the configuration</h2>
        {settings.hosts.length === 0 ? (
          <p class="muted">
            No machine is set up yet. Machines stand in the configuration under <code>hosts</code>.
          </p>
        ) : null}
        <ul class="rows">
          {settings.hosts.map((host) => (
            <li class="row setting" key={host.name}>
              <span class="setting-name">{host.name}</span>
              <code>
                {host.user}@{host.address}
              </code>
              <span class="muted small">{host.jump === null ? null : `through ${host.jump}`}</span>
            </li>
          ))}
        </ul>
      </section>
      <section class="block">
        <h2 class="block-title">Values in force</h2>
        <p class="muted small">
          {settings.file === null ? (
            'No configuration file is used: these are the defaults and what the environment set.'
          ) : (
            <>
              From <code>{settings.file}</code>. Changes there take effect after a restart.
            </>
          )}
        </p>
        <ul class="rows">
          {settings.values.map((value) => (
            <li class="row setting" key={value.key}>
              <code class="setting-name">{value.key}</code>
              <span>
                <code>{value.value}</code>{' '}
                <span class="muted small">{value.isDefault ? 'default' : 'set'}</span>
              </span>
              <span class="muted small setting-words">{value.words}</span>
            </li>
          ))}
        </ul>
        <p class="muted small">Chiffon {settings.version}</p>
      </section>
    </>
  );
}

const rights: Readonly<Record<string, string>> = {
  viewer: 'sees everything, decides nothing',
  operator: 'approves changes',
  owner: 'approves changes and what destroys something',
};
