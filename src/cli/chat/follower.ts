import { setTimeout as sleep } from 'node:timers/promises';
import { renderCard } from '#chat/terminal/render-card.ts';
import type { Card, CardState } from '#core/card.ts';
import type { Terminal } from '../output.ts';
import type { ApiClient } from './api-client.ts';
import { decisionHint } from './read-decision.ts';

/** How often a card is looked at while something happens, in milliseconds. */
const lookEveryMs = 150;

/** States that pass by themselves: nobody is asked anything, and it is not over. */
const passing: readonly CardState[] = ['drafting', 'queued', 'running', 'retrying', 'waiting'];

export interface Follower {
  /**
   * Prints what happens to a request until a person is asked, it is over, or `signal` says to look away; answers the card
   * as it was then. `wantsStop` is asked now and then whether the person said to stop the run.
   */
  follow(requestId: string, signal: AbortSignal, wantsStop: () => boolean): Promise<Card>;
}

/** Follows one request after the other. What of a run was printed once is not printed again. */
export function createFollower(api: ApiClient, terminal: Pick<Terminal, 'line'>): Follower {
  let run: string | null = null;
  let offset = 0;
  let unfinished = '';
  let shown = new Map<number, string>();

  function beginRun(id: string): void {
    if (id === run) return;
    run = id;
    offset = 0;
    unfinished = '';
    shown = new Map();
  }

  function showSteps(card: Card): void {
    for (const { position, summary, state, stateWord } of card.steps) {
      if (shown.get(position) === stateWord) continue;
      shown.set(position, stateWord);
      if (state !== 'queued') terminal.line(`· ${position} ${summary}: ${stateWord}`);
    }
  }

  async function showLog(id: string): Promise<void> {
    for (let more = true; more; ) {
      const log = await api.log(id, offset);
      more = log.next > offset && log.next < log.end;
      offset = log.next;
      // The last line may go on in the next piece.
      const lines = (unfinished + log.text).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) terminal.line(`  │ ${line}`);
    }
  }

  async function showProgress(card: Card): Promise<void> {
    if (card.run === null || card.risk === 'read') return;
    beginRun(card.run);
    await showLog(card.run);
    showSteps(card);
    if (passing.includes(card.state) || unfinished === '') return;
    terminal.line(`  │ ${unfinished}`);
    unfinished = '';
  }

  return {
    async follow(requestId, signal, wantsStop) {
      for (;;) {
        const card = await api.card(requestId);
        await showProgress(card);
        if (!passing.includes(card.state)) {
          const hint = decisionHint(card);
          terminal.line(`${renderCard(card, api.reader)}${hint === null ? '' : `\n${hint}`}`);
          return card;
        }
        if (signal.aborted) return card;
        if (card.run !== null && wantsStop()) await api.stop(card.run);
        await sleep(lookEveryMs, undefined, { signal }).catch(() => {});
      }
    },
  };
}
