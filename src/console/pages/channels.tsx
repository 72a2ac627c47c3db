import { useState } from 'preact/hooks';
import type { Channel, ChannelList, StreamMessage } from '#api/contract/house.ts';
import type { Problem } from '#api/contract/problem.ts';
import { announce } from '../app/announce.ts';
import { know, useAnswer } from '../app/answers.ts';
import { call } from '../app/api.ts';
import { offlineReason } from '../app/connection.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { Shown } from '../parts/page.tsx';
import { StateMark } from '../parts/shape.tsx';
import { Time } from '../parts/time.tsx';

const path = '/channels';

/** Where Chiffon talks besides here and which phones it rings: whether each works, and what to do when it does not. */
export function Channels() {
  const known = useAnswer<ChannelList>(path, concernsChannels);
  return (
    <section class="block">
      <h2 class="block-title">Channels</h2>
      <Shown path={path} known={known}>
        {({ channels }) =>
          channels.length === 0 ? (
            <p class="muted">
              Chiffon talks here and in the terminal only; <code>docs/chat.md</code> says how to add Discord,
              Matrix and phones to the configuration.
            </p>
          ) : (
            <ul class="rows">
              {channels.map((channel) => (
                <ChannelRow key={`${channel.kind} ${channel.name}`} channel={channel} />
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}

function ChannelRow({ channel }: { channel: Channel }) {
  const { state, word } = looks[channel.state];
  return (
    <li class="row setting channel">
      <span>
        <span class="setting-name">{names[channel.kind] ?? channel.name}</span>
        {channel.provider === null ? null : (
          <span class="muted small channel-by">phone, by {channel.provider}</span>
        )}
      </span>
      <span>
        <StateMark state={state} word={word} />
        {channel.at === null ? null : (
          <span class="muted small channel-by">
            as of <Time at={channel.at} />
          </span>
        )}
      </span>
      <span class="setting-words">
        <span class={channel.remedy === null ? 'muted' : undefined}>{channel.detail}</span>
        {channel.remedy === null ? null : <strong class="remedy">{channel.remedy}</strong>}
        {channel.kind === 'phone' ? <SendTest channel={channel} /> : null}
      </span>
    </li>
  );
}

/** Rings the phone once, and says what came of it beside the button. */
function SendTest({ channel }: { channel: Channel }) {
  const { name } = channel;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sent, setSent] = useState<Channel | null>(null);
  const blocked = offlineReason() ?? channel.testBlocked;
  const send = async () => {
    if (busy || blocked !== null) return;
    setBusy(true);
    const answer = await call<Channel>('POST', `/phones/${encodeURIComponent(name)}/ring`, {});
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    setSent(answer.ok ? answer.value : null);
    if (!answer.ok) return;
    announce(sentWords(answer.value));
    know<ChannelList>(path, ({ channels }) => ({
      channels: channels.map((one) => (one.kind === 'phone' && one.name === name ? answer.value : one)),
    }));
  };
  return (
    <span class="channel-test">
      <button
        type="button"
        class="button button-small"
        aria-busy={busy}
        aria-disabled={blocked === null ? undefined : 'true'}
        title={blocked ?? undefined}
        onClick={() => void send()}
      >
        {busy ? <span class="spinner" aria-hidden="true" /> : null}
        Send a test
        <span class="unseen"> to {name}</span>
      </button>
      {blocked === null ? null : <span class="action-reason">{blocked}</span>}
      {sent === null ? null : <span class="channel-result">{sentWords(sent)}</span>}
      {problem ? <ProblemNotice problem={problem} /> : null}
    </span>
  );
}

/** What stands beside the button; why a test did not go out is in the row already. */
function sentWords({ name, state }: Channel): string {
  return state === 'works'
    ? `The test was handed over; ${name} should ring now.`
    : `The test did not go out; ${name} does not ring.`;
}

function concernsChannels(message: StreamMessage): boolean {
  return message.type === 'event' && /^(channel|alert)\./.test(message.event.kind);
}

const names: Readonly<Partial<Record<Channel['kind'], string>>> = { discord: 'Discord', matrix: 'Matrix' };

const looks = {
  works: { state: 'done', word: 'Works' },
  not_well: { state: 'failed', word: 'Not well' },
  not_tried: { state: 'queued', word: 'Not tried yet' },
} as const;
