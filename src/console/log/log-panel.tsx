import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunDetail } from '#api/contract/runs.ts';
import { announce } from '../app/announce.ts';
import { isTyping } from '../app/keys.ts';
import { go, place } from '../app/router.ts';
import { keep, kept } from '../look/kept.ts';
import { copyText } from '../parts/copy-button.tsx';
import { countWords, numberWords } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { FindBar } from './find-bar.tsx';
import { groupHead, taskOf } from './group-head.ts';
import { type LineLink, readLineLink, writeLineLink } from './line-link.ts';
import type { LogGroup } from './log-model.ts';
import { LogView, type TimeMode } from './log-view.ts';
import { logText, saveText } from './save.ts';
import type { GrowingLog } from './use-log.ts';

const notCopied = 'The browser does not allow copying here.';

const modes: readonly TimeMode[] = ['off', 'clock', 'elapsed'];
const modeWords: Readonly<Record<TimeMode, string>> = {
  off: 'Times off',
  clock: 'Clock',
  elapsed: '+ seconds',
};

/** The log of a run with everything to read it by. */
export function LogPanel({ run, log }: { run: RunDetail; log: GrowingLog }) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<LogView | null>(null);
  const opened = useRef(false);
  const [following, setFollowing] = useState(false);
  const [unseen, setUnseen] = useState(0);
  const [wrap, setWrap] = useState(() => matchMedia('(max-width: 700px)').matches || stored('wrap', true));
  const [mode, setMode] = useState<TimeMode>('off');
  const [openAll, setOpenAll] = useState(() => stored('openAll', false));
  const [link, setLink] = useState<LineLink | null>(() => readLineLink(place.peek().hash));
  const [finding, setFinding] = useState(false);
  const over = run.endedAt !== null;

  useEffect(() => {
    if (!box.current) return;
    const made = new LogView(box.current, {
      followChanged: (on, lines) => {
        setFollowing(on);
        setUnseen(lines);
      },
      linePressed: (group, line, extend) => pressed.current(group, line, extend),
    });
    made.start();
    view.current = made;
    if (!over && readLineLink(place.peek().hash) === null) made.follow(true);
    return () => made.stop();
  }, [log.model]);

  const pressed = useRef((_group: LogGroup, _line: number, _extend: boolean) => {});
  pressed.current = (group, line, extend) => {
    const task = taskOf(run, group)?.position;
    if (task === undefined) return;
    const same = extend && link?.task === task && link.attempt === group.attempt;
    const next = {
      task,
      attempt: group.attempt,
      from: same ? Math.min(link.from, line) : line,
      to: same ? Math.max(link.from, line) : line,
    };
    setLink(next);
    go(place.peek().path + place.peek().search + writeLineLink(next), { replace: true, quiet: true });
    view.current?.mark(group.key, next, 'linked');
  };

  useEffect(() => {
    view.current?.draw(
      log.model,
      (group) => groupHead(run, group, openAll || log.model.groups.length === 1),
      mode,
    );
    if (opened.current || !link) return;
    const group = log.model.groups.find(
      (candidate) => taskOf(run, candidate)?.position === link.task && candidate.attempt === link.attempt,
    );
    if (!group || group.lines.length < link.from) return;
    opened.current = true;
    view.current?.mark(group.key, link, 'linked');
  }, [log.beat, log.model, run, openAll]);

  useEffect(() => {
    if (over) view.current?.follow(false);
  }, [over]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (event.key === '/') {
        event.preventDefault();
        setFinding(true);
      }
      if (event.key === 'f' && !over) view.current?.follow(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [over]);

  const count = log.model.lineCount;
  return (
    <section class="log-panel" aria-label="Log">
      <div class="log-tools">
        <span class="log-count muted tabular">{countWords(count, 'line')}</span>
        <button type="button" class="tool" onClick={() => setFinding(!finding)} aria-expanded={finding}>
          <Icon name="search" /> Find
        </button>
        <Toggle
          on={wrap}
          words="Wrap"
          press={() => {
            setWrap(!wrap);
            keep('log.wrap', String(!wrap));
          }}
        />
        <Toggle
          on={openAll}
          words="Open all"
          press={() => {
            setOpenAll(!openAll);
            keep('log.openAll', String(!openAll));
            view.current?.foldAsSuggested();
          }}
        />
        <button
          type="button"
          class="tool"
          onClick={() => {
            const next = modes[(modes.indexOf(mode) + 1) % modes.length] ?? 'off';
            setMode(next);
            view.current?.setTimes(next);
          }}
        >
          {modeWords[mode]}
        </button>
        <button
          type="button"
          class="tool"
          onClick={async () => {
            announce((await copyText(logText(run, log.model))) ? 'The log is copied.' : notCopied);
          }}
        >
          Copy
        </button>
        <button
          type="button"
          class="tool"
          onClick={() => saveText(`run-${run.runId}.log`, logText(run, log.model), 'text/plain')}
        >
          Download
        </button>
        {link ? (
          <button
            type="button"
            class="tool"
            onClick={async () => {
              announce((await copyText(location.href)) ? 'The link is copied.' : notCopied);
            }}
          >
            Copy link to {link.from === link.to ? `line ${link.from}` : `lines ${link.from}–${link.to}`}
          </button>
        ) : null}
      </div>
      {finding ? (
        <FindBar
          log={log}
          mark={(hit) => view.current?.mark(hit.group.key, { from: hit.line, to: hit.line }, 'found')}
          close={() => {
            view.current?.unmark('found');
            setFinding(false);
            box.current?.focus();
          }}
        />
      ) : null}
      {log.problem ? <ProblemNotice problem={log.problem} /> : null}
      <div class="log-frame">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
        <div
          ref={box}
          class={`log-box times-${mode}${wrap ? ' log-wrap' : ''}`}
          tabIndex={0}
          role="log"
          aria-live="off"
          aria-label={`Log of run ${run.runId}`}
        />
        {count === 0 && log.problem === null ? (
          <p class="log-empty muted">
            {log.complete ? 'This run printed nothing.' : over ? 'Reading the log.' : 'No output yet.'}
          </p>
        ) : null}
        {!following && !over ? (
          <button type="button" class="log-pill" onClick={() => view.current?.follow(true)}>
            ▼ {unseen === 0 ? 'Follow' : `${numberWords(unseen)} new ${unseen === 1 ? 'line' : 'lines'}`}
          </button>
        ) : null}
      </div>
    </section>
  );
}

function Toggle({ on, words, press }: { on: boolean; words: string; press: () => void }) {
  return (
    <button type="button" class="tool" aria-pressed={on} onClick={press}>
      {words}
    </button>
  );
}

function stored(name: string, usual: boolean): boolean {
  const text = kept(`log.${name}`);
  return text === null ? usual : text === 'true';
}
