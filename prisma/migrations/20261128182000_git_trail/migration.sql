-- What the git trail holds, so that pages can link to it and "audit verify" can compare the two.

-- One row a commit, oldest first. A history that was lost is not continued: the next one begins with kind
-- 'beginning', and the rows of the lost one stay.
CREATE TABLE trail_commits (
  -- Counts from 1 without gaps: of two processes that record the same commit one is refused.
  number     integer PRIMARY KEY CHECK (number >= 1),
  "commit"   text NOT NULL UNIQUE CHECK ("commit" ~ '^[0-9a-f]{40}([0-9a-f]{24})?$'),
  kind       text NOT NULL CHECK (kind IN ('beginning', 'decision', 'result', 'anchor')),
  plan       integer,
  run        text,
  -- The id of the last event the commit vouches for, how many events that are, and the hash over all of them.
  position   bigint NOT NULL CHECK (position >= 0),
  events     bigint NOT NULL CHECK (events >= 0),
  event_head text NOT NULL,
  at         timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT trail_commits_about_a_plan CHECK ((kind IN ('decision', 'result')) = (plan IS NOT NULL))
);
CREATE INDEX trail_commits_plan_idx ON trail_commits (plan, number) WHERE plan IS NOT NULL;

CREATE TRIGGER trail_commits_rows_stay BEFORE UPDATE OR DELETE ON trail_commits
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER trail_commits_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_commits
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
