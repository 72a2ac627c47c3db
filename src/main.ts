import { claimData } from '#assembly/claim-data.ts';
import { examineJudge } from '#assembly/examine-judge.ts';
import { keepGitTrail } from '#assembly/keep-git-trail.ts';
import { openConversations } from '#assembly/open-conversations.ts';
import { openDoor } from '#assembly/open-door.ts';
import { openHands } from '#assembly/open-hands.ts';
import { openPhones } from '#assembly/open-phones.ts';
import { openPlanner } from '#assembly/open-planner.ts';
import { openRecord } from '#assembly/open-record.ts';
import { type Parts, runs } from '#assembly/parts.ts';
import { startWork } from '#assembly/start-work.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import { formatMistakes } from '#platform/config/mistake.ts';
import packageJson from '../package.json' with { type: 'json' };

export interface Started {
  /** Where the console and the API answer; null when this process serves neither. */
  readonly url: string | null;
  /** The owner's token when it was made just now; shown once. */
  readonly freshToken: string | null;
}

/**
 * Builds Chiffon from its configuration and starts the chosen services. What was started is stopped through
 * `parts.shutdown`, in reverse order, also when a later part can't start.
 */
export async function startChiffon(parts: Parts): Promise<Result<Started>> {
  const { config, log, shutdown } = parts;
  const { version } = packageJson;

  // What can be wrong is found before anything is started.
  const catalog = openPlanner(config);
  if (!catalog.ok) {
    const mistakes = formatMistakes(catalog.mistakes);
    return refuse('usage', `The catalog has mistakes; nothing was started.\n\n${mistakes}`);
  }
  const judge = examineJudge();
  if (!judge.usable) return refuse('usage', `${judge.detail} Nothing was started. ${judge.remedy}`);
  if (!judge.ok) log.warn({ remedy: judge.remedy }, judge.detail);
  const claimed = await claimData(parts);
  if (!claimed.ok) return claimed;

  const record = await openRecord(parts);
  if (!record.ok) return record;
  const { ledger, queue } = record.value;
  // Before everything that writes, so that it stops after it and vouches for the last of it.
  if (runs(config, 'bot')) await keepGitTrail(parts, ledger);
  const hands = runs(config, 'worker') ? await openHands(parts) : null;
  const house = { ledger, queue, planner: catalog.planner, hands, version };

  // The door first: a port that is taken is found out before any step of an unfinished run goes on.
  const door = runs(config, 'api') ? await openDoor(parts, house) : done({ url: null, freshToken: null });
  if (!door.ok) return door;
  await startWork(parts, house);
  if (runs(config, 'bot')) {
    await openConversations(parts, house);
    await openPhones(parts, house);
  }

  const note = (kind: 'system.started' | 'system.stopped', summary: string) =>
    ledger.transact((tx) => tx.append({ stream: 'system', kind, actor: 'chiffon', summary }));
  await note('system.started', `Chiffon ${version} started: ${config.services.join(', ')}.`);
  shutdown.onStop('the record of the stop', async () => {
    await note('system.stopped', `Chiffon ${version} stops: ${config.services.join(', ')}.`);
  });
  return door;
}
