import type { Intent } from '#core/intent.ts';
import type { NoPlanReason } from '#core/understanding.ts';
import {
  asksPlainly,
  endsReporting,
  hostIn,
  isCancelled,
  isForLater,
  isNeed,
  placedHost,
  portIn,
  servicesIn,
} from './clause-kinds.ts';
import { cutContrasts } from './cut-contrasts.ts';
import { findStarts } from './find-starts.ts';
import type { FloorRule } from './floor.ts';
import { inOrder } from './in-order.ts';
import type { Item } from './items.ts';
import { askToConfirm, backfillHost, dropSentence, forwardObject } from './look-back.ts';
import type { Match } from './match-pattern.ts';
import { type Reader, type Reading, readClause } from './read-clause.ts';
import { type Ask, isAsk, type Said } from './said.ts';
import { shareVerb } from './share-verb.ts';
import { splitClauses } from './split-clauses.ts';
import { askAboutVersions } from './wanted-versions.ts';
import { isNameOnly } from './why-no-plan.ts';

/** A message, clause by clause, put together. */
export interface MessageReading {
  /** In the order they were said; an ask stands where its intent would. */
  readonly parts: readonly (Intent | Ask)[];
  readonly refused: FloorRule | null;
  /** Why clauses came to nothing, first things first. */
  readonly reasons: readonly NoPlanReason[];
}

/** Reads all clauses of a message in the light of each other. */
export function readMessage(reader: Reader, items: readonly Item[]): MessageReading {
  const { kept, contrasts } = cutContrasts(items);
  const clauses = splitClauses(kept, reader.phrases.joined);
  const said: Said[] = [];
  const reasons: NoPlanReason[] = [];
  let mentioned: readonly string[] = servicesIn(contrasts);
  let mentionedHost: string | null = null;
  let placed: Place = nowhere;
  let blockedSentence = -1;
  let verbBlocked = false;
  let hardBlock = false;
  // "the runbook says: …": all that follows is the runbook's.
  let citing = false;
  let unread = false;
  let before: Said | null = null;

  for (const [index, clause] of clauses.entries()) {
    if (clause.sentence !== clauses[index - 1]?.sentence) {
      placed = nowhere;
      verbBlocked = false;
    }
    const here = servicesIn(clause.items);
    const isCorrection: boolean = clause.link === 'correction';
    if (isCancelled(clause, said.length > 0)) {
      said.splice(0);
      reasons.unshift('negation');
      before = null;
      continue;
    }
    if (citing && !asksPlainly(clause)) continue;
    citing = false;
    if (blockedSentence === clause.sentence) {
      if (hardBlock || !asksPlainly(clause)) continue;
      blockedSentence = -1;
    }

    if (
      before !== null &&
      before.match !== null &&
      (clause.link !== 'sentence' || isCorrection) &&
      !verbBlocked
    ) {
      const shared = shareVerb(before, clause, isCorrection);
      if (shared === 'merged') {
        backfillHost(before, before.parts, said);
        continue;
      }
      if (shared !== null) {
        const next: Said = { clause, match: before.match, parts: shared };
        if (isCorrection) said.splice(said.indexOf(before), 1, next);
        else {
          if (before.parts.every((part) => isAsk(part) || part.inputs['host'] === undefined))
            backfillHost(before, shared, said);
          said.push(next);
        }
        before = next;
        mentioned = here.length > 0 ? [...new Set([...(isCorrection ? [] : mentioned), ...here])] : mentioned;
        continue;
      }
    }

    const reading: Reading = readClause(reader, clause.items, findStarts(clause.items), clause.asked, {
      mentioned,
    });
    const hostOnly = placedHost(clause.items);
    if (reading.kind === 'refused') return { parts: [], refused: reading.floor, reasons };
    if (reading.kind === 'empty' || hostOnly !== null) {
      if (said.every((other) => other.clause.sentence !== clause.sentence))
        placed = { host: hostOnly ?? placed.host, port: portIn(clause.items) ?? placed.port };
      if (hostOnly !== null && isNameOnly(clause.items)) reasons.push('name_only');
    } else if (reading.kind === 'nothing') {
      if (verbBlocked && isNameOnly(clause.items)) {
        // "I don't mean plex, I mean jellyfin": the last name is what "it" stands for.
        mentioned = here.length > 0 ? here : mentioned;
        continue;
      }
      if (reading.blocks === 'sentence') blockedSentence = clause.sentence;
      hardBlock = reading.why === 'conditional' || reading.why === 'question' || endsReporting(clause);
      if (reading.blocks === 'sentence' && reading.why === 'conditional') dropSentence(said, clause.sentence);
      if (reading.blocks === 'verb') verbBlocked = true;
      if (reading.why === 'name_only') mentionedHost = hostIn(clause.items) ?? mentionedHost;
      citing =
        (reading.why === 'hearsay' || isForLater(clause.items)) &&
        /^(?:colon|listing)$/.test(clauses[index + 1]?.items[0]?.gap ?? '');
      reasons.push(reading.why);
      if (reading.why === 'not_understood' && clause.link !== 'sentence') askToConfirm(before);
      before = null;
    } else if (
      verbBlocked &&
      (clause.link === 'and' || clause.link === 'or') &&
      clauses[index - 1]?.sentence === clause.sentence
    ) {
      reasons.push('negation');
    } else if (said.length > 0 && isNeed(clause, reading.match)) {
      continue;
    } else {
      verbBlocked = false;
      const listed = clause.items[0]?.gap === 'colon' ? mentioned : [];
      const parts = partsOf(reading, clause.items, mentioned, placed, mentionedHost, listed);
      if (isCorrection && before !== null) said.splice(said.indexOf(before), 1);
      forwardObject(before, parts, clause);
      before = { clause, match: reading.match, parts };
      // "subject: delete plex": what stands before the colon may say whose words these are.
      if (unread && clause.items[0]?.gap === 'colon') askToConfirm(before);
      said.push(before);
      const host = parts.map((part) => part.inputs['host']).find((value) => typeof value === 'string');
      if (host !== undefined && here.length > 0) mentionedHost = String(host);
      else if (here.length > 0) mentionedHost = null;
    }
    unread = reading.kind === 'nothing' && reading.why !== 'name_only';
    if (here.length > 0) {
      const listed = reading.kind === 'nothing' && clause.link !== 'sentence' && clause.link !== 'start';
      mentioned = listed ? [...new Set([...mentioned, ...here])] : here;
    }
  }
  askAboutVersions(reader.catalog, said, clauses);
  return { parts: tidy(said), refused: null, reasons };
}

/** Where something is to happen, when a clause says nothing else: "on n100, …". */
interface Place {
  readonly host: string | null;
  readonly port: number | null;
}

const nowhere: Place = { host: null, port: null };

function partsOf(
  reading: Extract<Reading, { kind: 'meant' | 'ask' }>,
  items: readonly Item[],
  mentioned: readonly string[],
  placed: Place,
  mentionedHost: string | null,
  /** Names before a colon, which an order behind it is for: "plex and sonarr: restart". */
  listed: readonly string[],
): (Intent | Ask)[] {
  const { meaning } = reading.match.pattern;
  const add = (inputs: Intent['inputs'], name: string, value: string | number | null): Intent['inputs'] =>
    value !== null && meaning.inputs[name] !== undefined && inputs[name] === undefined
      ? inOrder({ ...inputs, [name]: value }, meaning.inputs)
      : inputs;
  const withPlace = (inputs: Intent['inputs']) => add(add(inputs, 'host', placed.host), 'port', placed.port);
  if (reading.kind === 'meant') {
    const pointed = pointsBack(reading.match, mentioned);
    const owners = ownersOf(items, mentioned);
    const intents = reading.intents.flatMap((intent) =>
      owners.length > 0 && meaning.inputs['service'] !== undefined && intent.inputs['service'] === undefined
        ? owners.map((service) => ({ ...intent, inputs: add(intent.inputs, 'service', service) }))
        : [intent],
    );
    return intents.map((intent) => ({
      ...intent,
      inputs: withPlace(pointed ? add(intent.inputs, 'host', mentionedHost) : intent.inputs),
    }));
  }
  const meant = mentioned.length === 1 ? mentioned : listed;
  if (
    reading.missing.kind === 'object' &&
    meant.length > 0 &&
    meaning.inputs['service']?.required === true &&
    meaning.risk !== 'destructive'
  ) {
    return meant.map((service) => ({
      command: meaning.command,
      inputs: withPlace(inOrder({ service, ...reading.inputs }, meaning.inputs)),
    }));
  }
  return [
    {
      command: meaning.command,
      missing: reading.missing,
      inputs: withPlace(reading.inputs),
      firm: reading.firm,
    },
  ];
}

/** Whose status, logs and so on a clause asks for: "check its status" is about what was named before. */
function ownersOf(items: readonly Item[], mentioned: readonly string[]): readonly string[] {
  if (items.some((item) => item.text === 'their')) return mentioned;
  return mentioned.length === 1 && items.some((item) => item.text === 'its') ? mentioned : [];
}

/** Whether the service was only pointed at: "it". */
function pointsBack(match: Match, mentioned: readonly string[]): boolean {
  const filling = match.fillings.get('service');
  return (
    filling?.kind === 'values' &&
    filling.values.every((value) => mentioned.includes(String(value))) &&
    match.explained.length <= 3
  );
}

/** Neighbouring repetitions are one; remarks give way to orders. */
function tidy(said: readonly Said[]): readonly (Intent | Ask)[] {
  const parts = said.flatMap((one) => one.parts);
  const hasIntent = parts.some((part) => !isAsk(part));
  const firm = parts.filter((part) => !isAsk(part) || part.firm || !hasIntent);
  const useful = firm.filter(
    (part) => !(isAsk(part) && part.missing.kind === 'object' && part.missing.bare && hasIntent),
  );
  return useful.filter(
    (part, index) => index === 0 || JSON.stringify(part) !== JSON.stringify(useful[index - 1]),
  );
}
