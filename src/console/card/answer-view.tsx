import { linkName, moreWords } from '#core/answer-words.ts';
import type { AnswerLine, AnswerLink, RecordAnswer } from '#core/record-answer.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { DayName } from '../parts/day-name.tsx';
import { StateMark } from '../parts/shape.tsx';
import { outcomeLook } from '../parts/states.ts';
import { Time } from '../parts/time.tsx';

/** An answer from the record: the sentence first, then what it is made of, each line with its ways on. */
export function AnswerView({ answer, onAuditPage }: { answer: RecordAnswer; onAuditPage?: boolean }) {
  const more = moreWords(answer);
  return (
    <div class="answer">
      <p class="answer-sentence">
        {answer.sentence.map((piece, index) =>
          typeof piece === 'string' ? (
            piece
          ) : piece.how === 'day' ? (
            <DayName key={index} at={piece.at} />
          ) : (
            <Time key={index} at={piece.at} how="day" />
          ),
        )}
      </p>
      {answer.groups.map((group) => (
        <section key={group.title}>
          {group.title === null ? null : <h3 class="answer-group">{group.title}</h3>}
          <ul class="answer-lines">
            {group.lines.map((line, index) => (
              <Line key={index} line={line} />
            ))}
          </ul>
        </section>
      ))}
      {answer.output === null ? null : <pre class="answer-table">{answer.output}</pre>}
      {answer.advice === null ? null : <p class="muted small">{answer.advice}</p>}
      {more === null ? null : (
        <p>{onAuditPage ? `${more} below.` : <a href={answer.path}>{more} on the Audit page</a>}</p>
      )}
      {onAuditPage || more !== null || answer.groups.length === 0 ? null : (
        <p class="small">
          <a href={answer.path}>See this in the record</a>
        </p>
      )}
    </div>
  );
}

function Line({ line }: { line: AnswerLine }) {
  return (
    <li class="answer-line">
      <span class="answer-when muted">{line.at === null ? null : <Time at={line.at} how="day" />}</span>
      <span class="answer-what">
        <span class="answer-name">{line.what}</span>
        <span class="answer-facts muted">
          {line.outcome === null ? null : <Outcome outcome={line.outcome} />}
          {[line.who, line.note].filter((part) => part !== null).join(' · ')}
        </span>
      </span>
      <span class="answer-links small">
        {line.links.map((link) => (
          <Way key={`${link.kind} ${link.name}`} link={link} />
        ))}
      </span>
    </li>
  );
}

function Outcome({ outcome }: { outcome: NonNullable<AnswerLine['outcome']> }) {
  const look = outcomeLook(outcome);
  return <StateMark state={look.state} word={look.word} />;
}

/** A page of the console; a commit of the git trail has none, so its whole hash can be copied. */
function Way({ link }: { link: AnswerLink }) {
  if (link.path !== null) return <a href={link.path}>{link.name}</a>;
  if (link.commit === undefined) return <span>{linkName(link)}</span>;
  return (
    <span class="nowrap">
      commit <code title={link.commit}>{link.name}</code>
      <CopyButton text={link.commit} what={`commit ${link.name}`} />
    </span>
  );
}
