-- The ledger of Chiffon. Everything below works on PostgreSQL 15 and newer.
--
-- The tables hold the state; the functions and triggers hold the promises, so that they are kept whoever writes:
-- Chiffon, a person with psql, or the database's superuser. Every function names its search path with pg_temp last:
-- without it a temporary table of the same name would be looked at instead of the real one.

-- ─── Requests, plans, approvals ─────────────────────────────────────────────────────────────────────────────────

CREATE TABLE requests (
  id          serial PRIMARY KEY,
  thread      text NOT NULL,
  text        text NOT NULL,
  person      text NOT NULL,
  surface     text NOT NULL,
  state       text NOT NULL DEFAULT 'received'
              CHECK (state IN ('received', 'planned', 'answered', 'question', 'refused')),
  reply       text,
  choices     jsonb NOT NULL DEFAULT '[]',
  suggestions jsonb NOT NULL DEFAULT '[]',
  intents     jsonb NOT NULL DEFAULT '[]',
  at          timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX requests_thread_id_idx ON requests (thread, id);

CREATE TABLE plans (
  id         integer PRIMARY KEY REFERENCES requests (id),
  state      text NOT NULL DEFAULT 'drafting',
  revision   integer NOT NULL DEFAULT 0 CHECK (revision >= 0),
  hash       text,
  risk       text CHECK (risk IN ('read', 'change', 'destructive')),
  title      text NOT NULL,
  note       text,
  answer_by  timestamptz(3),
  at         timestamptz(3) NOT NULL DEFAULT now(),
  changed_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT plans_state_check CHECK (state IN ('drafting', 'awaiting_approval', 'approved', 'rejected',
    'changes_requested', 'superseded', 'parked', 'expired')),
  CONSTRAINT plans_proposal_has_hash CHECK (state NOT IN ('awaiting_approval', 'approved') OR hash IS NOT NULL)
);
CREATE INDEX plans_state_id_idx ON plans (state, id);

CREATE TABLE revisions (
  plan      integer NOT NULL REFERENCES plans (id),
  revision  integer NOT NULL CHECK (revision >= 1),
  content   text NOT NULL,
  hash      text NOT NULL,
  rehearsal text NOT NULL,
  asked_for text,
  at        timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (plan, revision),
  UNIQUE (plan, revision, hash),
  CONSTRAINT revisions_hash_is_of_content CHECK (hash = encode(sha256(convert_to(content, 'UTF8')), 'hex'))
);

-- A plan names a revision that exists. Checked at commit, so that row and revision may be written in either order.
ALTER TABLE plans ADD CONSTRAINT plans_current_revision_fkey
  FOREIGN KEY (id, revision, hash) REFERENCES revisions (plan, revision, hash) DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE approvals (
  id       bigserial PRIMARY KEY,
  plan     integer NOT NULL REFERENCES plans (id),
  revision integer NOT NULL,
  hash     text NOT NULL,
  decision text NOT NULL CHECK (decision IN ('approve', 'reject', 'changes')),
  person   text NOT NULL,
  surface  text NOT NULL,
  rule     text,
  comment  text,
  at       timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX approvals_plan_revision_idx ON approvals (plan, revision);
-- The same person's yes to the same revision counts once, however often a button is pressed.
CREATE UNIQUE INDEX approvals_one_yes_each ON approvals (plan, revision, person) WHERE decision = 'approve';

-- ─── Runs, tasks, attempts, the log ─────────────────────────────────────────────────────────────────────────────

CREATE TABLE runs (
  id         text PRIMARY KEY,
  plan       integer NOT NULL REFERENCES plans (id),
  number     integer NOT NULL CHECK (number >= 1),
  ordinal    bigserial NOT NULL UNIQUE,
  revision   integer NOT NULL,
  hash       text NOT NULL,
  state      text NOT NULL DEFAULT 'pending',
  mutates    boolean NOT NULL,
  hosts      text[] NOT NULL,
  blocked_by text,
  summary    text,
  started_at timestamptz(3),
  ended_at   timestamptz(3),
  at         timestamptz(3) NOT NULL DEFAULT now(),
  changed_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (plan, number),
  FOREIGN KEY (plan, revision, hash) REFERENCES revisions (plan, revision, hash),
  CONSTRAINT runs_state_check CHECK (state IN ('pending', 'running', 'completed', 'failed', 'escalated', 'blocked',
    'waiting_retry', 'review', 'cancelled')),
  CONSTRAINT runs_id_is_plan_and_number CHECK (id = plan || '-' || number)
);
CREATE INDEX runs_state_ordinal_idx ON runs (state, ordinal);

CREATE TABLE tasks (
  id          text PRIMARY KEY,
  run         text NOT NULL REFERENCES runs (id),
  position    integer NOT NULL CHECK (position >= 1),
  step        text NOT NULL,
  state       text NOT NULL DEFAULT 'pending',
  summary     text,
  error_class text,
  started_at  timestamptz(3),
  ended_at    timestamptz(3),
  changed_at  timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (run, position),
  CONSTRAINT tasks_state_check CHECK (state IN ('pending', 'running', 'completed', 'failed', 'escalated', 'blocked',
    'waiting_retry', 'review', 'cancelled'))
);

CREATE TABLE attempts (
  id          text PRIMARY KEY,
  task        text NOT NULL REFERENCES tasks (id),
  number      integer NOT NULL CHECK (number >= 1),
  worker      text NOT NULL,
  lease_until timestamptz(3) NOT NULL,
  outcome     text CHECK (outcome IN ('succeeded', 'failed', 'unknown', 'cancelled')),
  exit_code   integer,
  error_class text,
  summary     text,
  records     jsonb NOT NULL DEFAULT '{}',
  out_offset  bigint NOT NULL DEFAULT 0,
  err_offset  bigint NOT NULL DEFAULT 0,
  started_at  timestamptz(3) NOT NULL DEFAULT now(),
  ended_at    timestamptz(3),
  UNIQUE (task, number),
  CONSTRAINT attempts_end_has_outcome CHECK ((outcome IS NULL) = (ended_at IS NULL))
);
-- Two tries of one task never run side by side.
CREATE UNIQUE INDEX attempts_one_open_each ON attempts (task) WHERE ended_at IS NULL;

CREATE TABLE run_logs (
  run   text PRIMARY KEY REFERENCES runs (id),
  bytes bigint NOT NULL DEFAULT 0
);

CREATE TABLE log_chunks (
  run         text NOT NULL,
  byte_offset bigint NOT NULL,
  bytes       integer NOT NULL,
  task        text NOT NULL,
  attempt     integer NOT NULL,
  stream      text NOT NULL CHECK (stream IN ('out', 'err', 'note')),
  text        text NOT NULL,
  -- Where the host's two outputs stood behind this piece; tells a piece that is sent again from a new one.
  out_end     bigint NOT NULL,
  err_end     bigint NOT NULL,
  at          timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (run, byte_offset),
  CONSTRAINT log_chunks_bytes_are_of_text CHECK (bytes > 0 AND bytes = octet_length(text))
);

-- ─── Events ─────────────────────────────────────────────────────────────────────────────────────────────────────

-- Reads the instant of a canonical text. The cast alone is not immutable, because other texts than ISO 8601 with a
-- time zone would depend on settings; those are refused here, so this function may stand in a generated column.
CREATE FUNCTION instant_of(text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF $1 !~ '^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$' THEN
    RAISE EXCEPTION 'an event''s time is written like 2026-11-21T14:05:10.000Z, not "%"', $1 USING ERRCODE = '22007';
  END IF;
  RETURN $1::timestamptz;
END $$;

CREATE SEQUENCE events_id_seq;

-- What is hashed is the text, byte for byte; every other column is derived from it by PostgreSQL and can't disagree.
CREATE TABLE events (
  id            bigint GENERATED ALWAYS AS (((canonical::jsonb) ->> 'id')::bigint) STORED PRIMARY KEY,
  stream        text NOT NULL GENERATED ALWAYS AS ((canonical::jsonb) ->> 'stream') STORED,
  seq           integer NOT NULL GENERATED ALWAYS AS (((canonical::jsonb) ->> 'seq')::integer) STORED,
  kind          text NOT NULL GENERATED ALWAYS AS ((canonical::jsonb) ->> 'kind') STORED,
  actor         text NOT NULL GENERATED ALWAYS AS ((canonical::jsonb) ->> 'actor') STORED,
  plan          integer GENERATED ALWAYS AS (((canonical::jsonb) ->> 'plan')::integer) STORED,
  run           text GENERATED ALWAYS AS ((canonical::jsonb) ->> 'run') STORED,
  host          text GENERATED ALWAYS AS ((canonical::jsonb) ->> 'host') STORED,
  service       text GENERATED ALWAYS AS ((canonical::jsonb) ->> 'service') STORED,
  outcome       text GENERATED ALWAYS AS ((canonical::jsonb) ->> 'outcome') STORED
                CHECK (outcome IN ('succeeded', 'failed', 'unknown', 'cancelled', 'refused')),
  at            timestamptz(3) NOT NULL GENERATED ALWAYS AS (instant_of((canonical::jsonb) ->> 'at')) STORED,
  canonical     text NOT NULL,
  body          jsonb NOT NULL GENERATED ALWAYS AS (canonical::jsonb) STORED,
  previous_hash text NOT NULL,
  hash          text NOT NULL,
  UNIQUE (stream, seq)
);
CREATE INDEX events_at_idx ON events (at);
CREATE INDEX events_plan_id_idx ON events (plan, id);
CREATE INDEX events_host_id_idx ON events (host, id);
CREATE INDEX events_service_id_idx ON events (service, id);
CREATE INDEX events_actor_id_idx ON events (actor, id);
-- "All failures in the last week" reads only the failures.
CREATE INDEX events_not_succeeded_idx ON events (outcome, at) WHERE outcome <> 'succeeded';

CREATE TABLE stream_heads (
  stream text PRIMARY KEY,
  seq    integer NOT NULL,
  hash   text NOT NULL
);

CREATE FUNCTION event_hash(previous_hash text, canonical text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN encode(sha256(convert_to(previous_hash || E'\n' || canonical, 'UTF8')), 'hex');

CREATE FUNCTION event_stream_key(stream text) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN hashtextextended('chiffon event stream ' || stream, 0);

-- Reserves the next place in a stream until the transaction ends: one writer a stream, because each event holds the
-- hash of the one before. Also notes, as a shared advisory lock, below which id this transaction has not yet
-- written, so that readers who go on from an id can tell a gap that will be filled from one that stays empty.
CREATE FUNCTION next_event_link(stream_name text, OUT id bigint, OUT seq integer, OUT previous_hash text, OUT at text)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  last_id bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(event_stream_key(stream_name));
  SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END INTO last_id FROM events_id_seq s;
  PERFORM pg_advisory_xact_lock_shared((1128809478::bigint << 32) | (last_id & 4294967295));
  id := nextval('events_id_seq');
  SELECT h.seq + 1, h.hash INTO seq, previous_hash FROM stream_heads h WHERE h.stream = stream_name;
  IF NOT FOUND THEN
    seq := 1;
    previous_hash := repeat('0', 64);
  END IF;
  at := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
END $$;

-- The id up to which no transaction still has an event to bring: reading on in order of ids up to here misses none.
-- The order matters: the sequence first, then the locks, and the caller reads the events in a later statement.
CREATE FUNCTION events_settled_up_to() RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  last_id bigint;
  unsettled bigint;
BEGIN
  SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END INTO last_id FROM events_id_seq s;
  SELECT min(l.objid::bigint) INTO unsettled FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.classid = 1128809478 AND l.objsubid = 1 AND l.mode = 'ShareLock'
      AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
  RETURN least(last_id, unsettled);
END $$;

-- Nobody can add an event that isn't the next link of its stream. Runs as the owner, because the application may not
-- write the heads itself.
CREATE FUNCTION check_event_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  head stream_heads%ROWTYPE;
BEGIN
  PERFORM pg_advisory_xact_lock(event_stream_key(NEW.stream));
  SELECT * INTO head FROM stream_heads h WHERE h.stream = NEW.stream;
  IF NEW.seq <> coalesce(head.seq, 0) + 1 OR NEW.previous_hash <> coalesce(head.hash, repeat('0', 64)) THEN
    RAISE EXCEPTION 'event % of stream "%" does not follow the last one, which is number %',
      NEW.seq, NEW.stream, coalesce(head.seq, 0) USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.hash <> event_hash(NEW.previous_hash, NEW.canonical) THEN
    RAISE EXCEPTION 'the hash of event % of stream "%" is not the hash of its text', NEW.seq, NEW.stream
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.id > (SELECT s.last_value FROM events_id_seq s) THEN
    RAISE EXCEPTION 'event id % was not given out by the ledger', NEW.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO stream_heads AS h (stream, seq, hash) VALUES (NEW.stream, NEW.seq, NEW.hash)
    ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;
  PERFORM pg_notify('chiffon_event', NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER events_check_link AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION check_event_link();

-- ─── Outbox, hosts ──────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE outbox (
  id   bigserial PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('draft', 'task')),
  job  text NOT NULL,
  at   timestamptz(3) NOT NULL DEFAULT now()
);

CREATE FUNCTION announce_outbox() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_notify('chiffon_outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_announce AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION announce_outbox();

CREATE TABLE hosts (
  host        text PRIMARY KEY,
  facts       jsonb,
  unreachable text,
  seen_at     timestamptz(3),
  tried_at    timestamptz(3) NOT NULL
);

CREATE TABLE host_holds (
  host text PRIMARY KEY,
  run  text NOT NULL REFERENCES runs (id),
  at   timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX host_holds_run_idx ON host_holds (run);

-- ─── State machines ─────────────────────────────────────────────────────────────────────────────────────────────

-- The table of src/core/task.ts; a test compares every pair. Runs follow it too.
CREATE FUNCTION may_move_task(old_state text, new_state text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE old_state
  WHEN 'pending' THEN new_state IN ('running', 'cancelled')
  WHEN 'running' THEN new_state IN ('completed', 'failed', 'escalated', 'blocked', 'waiting_retry', 'review', 'cancelled')
  WHEN 'waiting_retry' THEN new_state IN ('running', 'cancelled')
  WHEN 'escalated' THEN new_state IN ('running', 'failed', 'cancelled')
  WHEN 'blocked' THEN new_state IN ('pending', 'cancelled')
  WHEN 'review' THEN new_state IN ('running', 'completed', 'failed', 'cancelled')
  WHEN 'failed' THEN new_state IN ('pending')
  ELSE false
END;

-- approved, rejected, superseded and expired are final.
CREATE FUNCTION may_move_plan(old_state text, new_state text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE old_state
  WHEN 'drafting' THEN new_state IN ('awaiting_approval', 'approved', 'rejected', 'parked', 'superseded', 'expired')
  WHEN 'awaiting_approval' THEN
    new_state IN ('approved', 'rejected', 'changes_requested', 'parked', 'superseded', 'expired')
  WHEN 'changes_requested' THEN new_state IN ('drafting', 'awaiting_approval', 'rejected', 'superseded')
  WHEN 'parked' THEN
    new_state IN ('drafting', 'awaiting_approval', 'changes_requested', 'rejected', 'superseded', 'expired')
  ELSE false
END;

CREATE FUNCTION guard_plan() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'drafting' THEN
      RAISE EXCEPTION 'a plan begins as drafting, not as %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.id <> OLD.id THEN
    RAISE EXCEPTION 'the number of a plan never changes' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT may_move_plan(OLD.state, NEW.state) THEN
    RAISE EXCEPTION 'plan % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state IN ('approved', 'rejected', 'superseded', 'expired')
    AND (NEW.revision, NEW.hash) IS DISTINCT FROM (OLD.revision, OLD.hash) THEN
    RAISE EXCEPTION 'plan % is %, its revision no longer changes', OLD.id, OLD.state USING ERRCODE = 'check_violation';
  END IF;
  NEW.changed_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER plans_guard BEFORE INSERT OR UPDATE ON plans FOR EACH ROW EXECUTE FUNCTION guard_plan();

CREATE FUNCTION guard_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.decision = 'approve' AND NOT EXISTS (
    SELECT FROM revisions r WHERE r.plan = NEW.plan AND r.revision = NEW.revision AND r.hash = NEW.hash
  ) THEN
    RAISE EXCEPTION 'plan % has no revision % with hash % to approve', NEW.plan, NEW.revision, NEW.hash
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approvals_guard BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION guard_approval();

CREATE FUNCTION guard_run() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'pending' THEN
      RAISE EXCEPTION 'a run begins as pending, not as %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
      SELECT FROM approvals a
      WHERE a.plan = NEW.plan AND a.revision = NEW.revision AND a.hash = NEW.hash AND a.decision = 'approve'
    ) THEN
      RAISE EXCEPTION 'nobody approved revision % of plan % with hash %', NEW.revision, NEW.plan, NEW.hash
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.plan, NEW.number, NEW.ordinal, NEW.revision, NEW.hash, NEW.mutates, NEW.hosts, NEW.at)
    IS DISTINCT FROM (OLD.id, OLD.plan, OLD.number, OLD.ordinal, OLD.revision, OLD.hash, OLD.mutates, OLD.hosts, OLD.at)
  THEN
    RAISE EXCEPTION 'what run % was approved for never changes', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT may_move_task(OLD.state, NEW.state) THEN
    RAISE EXCEPTION 'run % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  NEW.changed_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER runs_guard BEFORE INSERT OR UPDATE ON runs FOR EACH ROW EXECUTE FUNCTION guard_run();

-- The approved thing is the executed thing: a task's step is, byte for byte, the step of the approved revision.
CREATE FUNCTION guard_task() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  approved_step text;
  run_state text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'pending' THEN
      RAISE EXCEPTION 'a task begins as pending, not as %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    SELECT (v.content::json -> 'steps' -> (NEW.position - 1))::text INTO approved_step
      FROM runs r JOIN revisions v ON v.plan = r.plan AND v.revision = r.revision AND v.hash = r.hash
      WHERE r.id = NEW.run;
    IF approved_step IS DISTINCT FROM NEW.step THEN
      RAISE EXCEPTION 'step % of run % is not the step that was approved', NEW.position, NEW.run
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.run, NEW.position, NEW.step) IS DISTINCT FROM (OLD.id, OLD.run, OLD.position, OLD.step) THEN
    RAISE EXCEPTION 'what task % was approved for never changes', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state <> OLD.state THEN
    IF NOT may_move_task(OLD.state, NEW.state) THEN
      RAISE EXCEPTION 'task % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'running' THEN
      SELECT r.state INTO run_state FROM runs r WHERE r.id = NEW.run FOR SHARE;
      IF run_state <> 'running' THEN
        RAISE EXCEPTION 'task % cannot start, because run % is %', OLD.id, NEW.run, run_state
          USING ERRCODE = 'check_violation';
      END IF;
    END IF;
  END IF;
  NEW.changed_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER tasks_guard BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION guard_task();

-- What an attempt came to is written once. Its log may still grow, for words about what happens next.
CREATE FUNCTION guard_attempt() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.task, NEW.number, NEW.started_at) IS DISTINCT FROM (OLD.id, OLD.task, OLD.number, OLD.started_at)
    OR (OLD.ended_at IS NOT NULL AND
      (NEW.worker, NEW.lease_until, NEW.outcome, NEW.exit_code, NEW.error_class, NEW.summary, NEW.records, NEW.ended_at)
      IS DISTINCT FROM
      (OLD.worker, OLD.lease_until, OLD.outcome, OLD.exit_code, OLD.error_class, OLD.summary, OLD.records, OLD.ended_at))
  THEN
    RAISE EXCEPTION 'what attempt % is and came to never changes', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER attempts_guard BEFORE UPDATE ON attempts FOR EACH ROW EXECUTE FUNCTION guard_attempt();

-- ─── Append-only tables ─────────────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are only ever added, so % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER events_rows_stay BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approvals_rows_stay BEFORE UPDATE OR DELETE ON approvals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approvals_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON approvals
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER revisions_rows_stay BEFORE UPDATE OR DELETE ON revisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER revisions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON revisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_chunks_rows_stay BEFORE UPDATE OR DELETE ON log_chunks FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_chunks_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON log_chunks
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What has happened isn't unhappened: rows that events speak of are not deleted.
CREATE TRIGGER requests_stay BEFORE DELETE OR TRUNCATE ON requests FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER plans_stay BEFORE DELETE OR TRUNCATE ON plans FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER runs_stay BEFORE DELETE OR TRUNCATE ON runs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tasks_stay BEFORE DELETE OR TRUNCATE ON tasks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attempts_stay BEFORE DELETE OR TRUNCATE ON attempts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stream_heads_stay BEFORE DELETE OR TRUNCATE ON stream_heads
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ─── The log's hot path ─────────────────────────────────────────────────────────────────────────────────────────

-- Adds pieces to a run's log in one round trip. A piece of the host's output that is stored already, with the same
-- ends and the same text, is left out, so that a caller who lost the connection and doesn't know whether the last
-- call arrived may simply call again. Answers the run and the new end of its log in bytes.
CREATE FUNCTION append_log(attempt_id text, streams text[], texts text[], out_ends bigint[], err_ends bigint[],
  OUT run_id text, OUT log_end bigint)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  tried attempts%ROWTYPE;
  size integer;
BEGIN
  SELECT * INTO tried FROM attempts a WHERE a.id = attempt_id FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no attempt %', attempt_id USING ERRCODE = 'no_data_found';
  END IF;
  SELECT t.run INTO run_id FROM tasks t WHERE t.id = tried.task;
  SELECT l.bytes INTO log_end FROM run_logs l WHERE l.run = run_id FOR UPDATE;
  FOR i IN 1 .. coalesce(array_length(texts, 1), 0) LOOP
    size := octet_length(texts[i]);
    -- Only what doesn't get further than before can be a repetition; the last call's pieces are near the end.
    CONTINUE WHEN (streams[i] = 'out' AND out_ends[i] <= tried.out_offset
        OR streams[i] = 'err' AND err_ends[i] <= tried.err_offset)
      AND EXISTS (
        SELECT FROM log_chunks c
        WHERE c.run = run_id AND c.byte_offset >= log_end - 4194304 AND c.task = tried.task
          AND c.attempt = tried.number AND c.stream = streams[i] AND c.out_end = out_ends[i]
          AND c.err_end = err_ends[i] AND c.text = texts[i]
      );
    -- Each output counts for itself: a piece of one may still be kept back while the other's is stored.
    IF streams[i] = 'out' THEN
      tried.out_offset := greatest(tried.out_offset, out_ends[i]);
    ELSIF streams[i] = 'err' THEN
      tried.err_offset := greatest(tried.err_offset, err_ends[i]);
    END IF;
    CONTINUE WHEN size = 0;
    INSERT INTO log_chunks (run, byte_offset, bytes, task, attempt, stream, text, out_end, err_end, at)
      VALUES (run_id, log_end, size, tried.task, tried.number, streams[i], texts[i], out_ends[i], err_ends[i],
        clock_timestamp());
    log_end := log_end + size;
  END LOOP;
  UPDATE attempts a SET out_offset = tried.out_offset, err_offset = tried.err_offset WHERE a.id = attempt_id;
  UPDATE run_logs l SET bytes = log_end WHERE l.run = run_id;
  PERFORM pg_notify('chiffon_log', run_id || ' ' || log_end);
END $$;
