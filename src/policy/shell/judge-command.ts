import { hidesCharacters } from './hidden-characters.ts';
import { isPadded } from './is-padded.ts';
import { type Rebuilt, rebuild } from './rebuild.ts';
import { type LoadedSecondReading, loadSecondReading } from './second-reading/load-second-reading.ts';
import { ask, deny, type Finding, stricter, strictest, type Verdict } from './verdict.ts';
import { type Located, walkText } from './walk.ts';

export type { Verdict } from './verdict.ts';

const second = await loadSecondReading();

/** Why nothing is allowed by itself: the second parser could not be loaded. Null when it was. */
export const secondReadingProblem: string | null = second.ok ? null : second.why;

/** What the judge says about a shell text. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Stable name: `floor.host-power`, `read.ls`, `change.unknown-program`. */
  readonly rule: string;
  /** One sentence for a person. */
  readonly reason: string;
  /** Only when allowed and free of pipes, redirections, `||` and shell builtins: the commands that may run, in order. */
  readonly argv?: readonly (readonly string[])[];
  /** Only when allowed: the text rebuilt from exactly the judged words, quoted for any POSIX shell. */
  readonly normal?: string;
}

export interface JudgeOptions {
  /** The host it would run on, for the reason. */
  readonly host?: string;
  /** The second parser, or none. The one that is loaded with the judge unless said otherwise. */
  readonly second?: LoadedSecondReading;
}

/** A width and a height that cards show at least. */
const screenful = { blanks: 79, indent: 79, emptyLines: 10 };
const longestAllowed = 10_000;
const longestScriptAllowed = 50_000;
const longestRead = 200_000;

/**
 * Judges a line of shell before it is run: `allow` only looks, `approval` a person decides, `deny` nobody may approve.
 *
 * A parser reads the text; no pattern is ever matched against the whole of it. Every command in it, also inside
 * substitutions, functions, wrappers (`sudo`, `xargs`, `ssh`, `find -exec` …), here-documents and one-liners, is
 * resolved as far as the text alone permits (quotes, braces, known variables, `$(echo …)`), and then the strictest
 * rule wins. The rules are tables in `rules/`, each with examples that are tested.
 *
 * Four things keep an attacker's spelling from being allowed, whatever the rules miss:
 * 1. `allow` needs a rule that describes the call; a program, verb or flag nobody described is not read-only.
 * 2. `allow` needs plain words only. Expansions, patterns, arithmetic, assignments, groups and loops are at best
 *    `approval`. Each word is read a second time by a reader of our own, and both readings must agree.
 * 3. A second parser of other people's making (tree-sitter) must rebuild the very same text from its own reading.
 * 4. What is allowed is rebuilt from the judged words (`normal`), judged words and rebuilt words are compared, and
 *    whoever runs an allowed command runs `normal`, so a shell that reads the original differently does not matter.
 *
 * This is not the wall. The wall is on the host: a user of its own, exact sudoers entries, no disk or docker group.
 */
export function judgeCommand(command: string, options: JudgeOptions = {}): Judgement {
  const worst = strictest([...findingsOf(command), ...(isPadded(command, screenful) ? [padded] : [])]);
  if (worst && worst.verdict !== 'allow') return judgement(worst, options);
  const rebuilt = rebuiltSafely(command);
  if (!rebuilt) return judgement(notPlain, options);
  const doubt = doubtsOf(command, rebuilt, options.second ?? second);
  if (doubt) return judgement(doubt, options);
  const reading = worst ?? { verdict: 'allow', rule: 'read.nothing', reason: 'There is nothing to run.' };
  return {
    ...judgement(reading, options),
    normal: rebuilt.normal,
    ...(rebuilt.argv ? { argv: rebuilt.argv } : {}),
  };
}

/** Judges a script of several lines. The strictest verdict counts, and the reason names its line. Never carries `argv`. */
export function judgeScript(script: string, options: JudgeOptions = {}): Judgement {
  const interpreter = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(script);
  const named = (interpreter?.[1]?.endsWith('/env') ? interpreter[2] : interpreter?.[1])?.split('/').at(-1);
  const started = /^#!(.*)/.exec(script)?.[1] ?? '';
  const refused = strictest(walk(started).filter((finding) => finding.verdict === 'deny'));
  if (refused) return judgement({ ...refused, reason: `Line 1: ${refused.reason}` }, options);
  if (named && !/^(ba|da|a|z|k|mk)?sh$/.test(named))
    return judgement(
      ask('other-language', `The script is written for ${named}, which this judge does not read.`),
      options,
    );
  const findings = findingsOf(script, longestScriptAllowed);
  const worst = strictest(findings);
  if (!worst)
    return judgement({ verdict: 'allow', rule: 'read.nothing', reason: 'There is nothing to run.' }, options);
  if (worst.verdict === 'allow') {
    const commands = script.replace(/^#!.*/, '');
    const rebuilt = rebuiltSafely(commands);
    const doubt = rebuilt ? doubtsOf(commands, rebuilt, options.second ?? second) : notPlain;
    if (doubt) return judgement(doubt, options);
  }
  const line = script.slice(0, worst.at).split('\n').length;
  return judgement({ ...worst, reason: `Line ${line}: ${worst.reason}` }, options);
}

function judgement(finding: Finding, options: JudgeOptions): Judgement {
  const reason = options.host ? `On ${options.host}: ${finding.reason}` : finding.reason;
  return { verdict: finding.verdict, rule: finding.rule, reason };
}

function findingsOf(text: string, longest = longestAllowed): readonly Located[] {
  const found: Located[] = [];
  const note = (finding: Finding) => found.push({ ...finding, at: 0 });
  if (text.length > longestRead)
    return [{ ...deny('too-long', 'It is too long to be read by anybody.'), at: 0 }];
  if (hidesCharacters(text))
    note(
      deny(
        'hidden-characters',
        'It holds characters that cannot be seen or that look like others, so what is shown is not what would run.',
      ),
    );
  if (text.length > longest) note(ask('too-long', `It is longer than ${longest} characters.`));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything but ASCII
  if (/[^\u0000-\u007f]/.test(text)) {
    note(ask('unusual-characters', 'It holds characters beyond plain ASCII.'));
    const folded = text.normalize('NFKC');
    if (folded !== text) found.push(...walk(folded).filter((finding) => finding.verdict === 'deny'));
  }
  found.push(...walk(text));
  return found;
}

/** A text that exhausts the parser or the stack is unreadable for people too. */
function walk(text: string): readonly Located[] {
  try {
    return walkText(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ ...deny('opaque-code', 'It is nested more deeply than anybody can follow.'), at: 0 }];
  }
}

const padded = deny(
  'hidden-characters',
  'So many blanks stand in it that what follows them may be out of sight where it is shown.',
);
const notPlain = ask('not-plain', 'It is more than plain words joined by simple operators.');

/** Why a second parser keeps a text from being allowed; undefined when it reads it, and what would run, the same way. */
function doubtsOf(command: string, { normal }: Rebuilt, second: LoadedSecondReading): Finding | undefined {
  if (!second.ok)
    return ask('no-second-reading', 'The second parser is missing, so nothing is allowed without a person.');
  const alike = [command, normal].every((text) => second.read(text) === normal);
  return alike ? undefined : ask('two-readings', 'Two parsers of shell text read it in different ways.');
}

/** The rebuilt text, provided that reading it again gives the same words and the same verdict. */
function rebuiltSafely(command: string): Rebuilt | undefined {
  const first = rebuild(command);
  if (!first) return undefined;
  const second = rebuild(first.normal);
  if (first.normal !== second?.normal || JSON.stringify(first.words) !== JSON.stringify(second.words))
    return undefined;
  const again = strictest(walkText(first.normal));
  return again && stricter(again.verdict, 'allow') ? undefined : first;
}
