-- Events lie in one table a month, so that questions about a week read a month and not the years before.
--
-- What a unique index across all months can't hold any more, because it would need the time in it, is held so:
--   one event a place in its stream   check_event_link under the stream's lock, against stream_heads; both refuse to be
--                                     written by the application. Within a month an index holds it as well.
--   one event an id                   check_event_link takes only the id that this very session was given last. Within
--                                     a month an index holds it as well.
--   the time is that of the text      check_event_link: the column can't be derived, because PostgreSQL takes no derived
--                                     column to divide a table by.

ALTER TABLE events RENAME TO events_before_months;
ALTER TABLE events_before_months ALTER COLUMN at DROP EXPRESSION;
ALTER TABLE events_before_months RENAME CONSTRAINT events_pkey TO events_before_months_id_key;
ALTER TABLE events_before_months RENAME CONSTRAINT events_stream_seq_key TO events_before_months_stream_seq_key;
DROP TRIGGER events_rows_stay ON events_before_months;
DROP TRIGGER events_stay ON events_before_months;
DROP TRIGGER events_check_link ON events_before_months;
ALTER INDEX events_at_idx RENAME TO events_before_months_at_idx;
ALTER INDEX events_plan_id_idx RENAME TO events_before_months_plan_id_idx;
ALTER INDEX events_host_id_idx RENAME TO events_before_months_host_id_idx;
ALTER INDEX events_service_id_idx RENAME TO events_before_months_service_id_idx;
ALTER INDEX events_actor_id_idx RENAME TO events_before_months_actor_id_idx;
ALTER INDEX events_not_succeeded_idx RENAME TO events_before_months_not_succeeded_idx;

CREATE TABLE events (LIKE events_before_months INCLUDING GENERATED INCLUDING CONSTRAINTS) PARTITION BY RANGE (at);
CREATE INDEX events_at_idx ON events USING brin (at) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX events_plan_id_idx ON events (plan, id);
CREATE INDEX events_host_id_idx ON events (host, id);
CREATE INDEX events_service_id_idx ON events (service, id);
CREATE INDEX events_actor_id_idx ON events (actor, id);
-- "All failures in the last week" reads only the failures.
CREATE INDEX events_not_succeeded_idx ON events (outcome, at) WHERE outcome <> 'succeeded';

CREATE OR REPLACE FUNCTION check_event_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
  -- currval is of this session alone, and an error where it was given no id.
  IF NEW.id <> currval('events_id_seq') THEN
    RAISE EXCEPTION 'event id % was not given out by the ledger', NEW.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.at <> instant_of(NEW.canonical::jsonb ->> 'at') THEN
    RAISE EXCEPTION 'event % of stream "%" says another time in its text than beside it', NEW.seq, NEW.stream
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO stream_heads AS h (stream, seq, hash) VALUES (NEW.stream, NEW.seq, NEW.hash)
    ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;
  PERFORM pg_notify('chiffon_event', NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER events_check_link AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION check_event_link();
CREATE TRIGGER events_rows_stay BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Makes a table a part of the events, for the time between two instants; without instants for all other times.
-- What PostgreSQL doesn't hand down to parts is made here: that nothing may empty it, and what is unique in it.
CREATE FUNCTION attach_events(part text, since timestamptz, until timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE UNIQUE INDEX IF NOT EXISTS %I ON %I (id)', part || '_id_key', part);
  EXECUTE format('CREATE UNIQUE INDEX IF NOT EXISTS %I ON %I (stream, seq)', part || '_stream_seq_key', part);
  EXECUTE format('CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
  IF until IS NULL THEN
    EXECUTE format('ALTER TABLE events ATTACH PARTITION %I DEFAULT', part);
  ELSE
    EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%L)', part,
      coalesce(quote_literal(since), 'MINVALUE'), until);
  END IF;
END $$;

-- The rows that are there stay where they are and are the part for everything up to the end of this month. Where a
-- clock once went ahead of the calendar, up to the end of the month it showed.
DO $$ DECLARE
  newest timestamptz;
BEGIN
  SELECT greatest(now(), max(at)) INTO newest FROM events_before_months;
  PERFORM attach_events('events_before_months', NULL,
    (date_trunc('month', newest AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC');
END $$;

-- An event is never refused for its time: what no month is prepared for goes here, such as the events of a machine
-- whose clock begins in 1970.
CREATE TABLE events_other_times (LIKE events INCLUDING GENERATED INCLUDING CONSTRAINTS);
SELECT attach_events('events_other_times', NULL, NULL);

-- Prepares this month and some months ahead; answers how many were new. As the owner, because the application owns no
-- tables. A part is attached, not created in place, because that doesn't stop the readers of the others; and it is
-- rather not done this time than that somebody waits for long.
CREATE FUNCTION prepare_event_months(ahead integer DEFAULT 3) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  since timestamptz;
  part text;
  made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('chiffon event months', 0));
  FOR i IN 0 .. least(ahead, 24) LOOP
    since := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => i)) AT TIME ZONE 'UTC';
    part := 'events_' || to_char(since AT TIME ZONE 'UTC', 'YYYY_MM');
    CONTINUE WHEN to_regclass(part) IS NOT NULL;
    BEGIN
      EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING GENERATED INCLUDING CONSTRAINTS)', part);
      PERFORM attach_events(part, since,
        (date_trunc('month', since AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC');
      made := made + 1;
    EXCEPTION
      -- Another part has this time already, or events of it lie among the other times: they are fine there.
      WHEN invalid_object_definition OR check_violation THEN NULL;
    END;
  END LOOP;
  RETURN made;
END $$;
REVOKE ALL ON FUNCTION attach_events(text, timestamptz, timestamptz) FROM PUBLIC;
SELECT prepare_event_months();
