-- Appends events one after the other in one call: a step of a run brings four of them, and each took two round trips.
--
-- Only the ledger knows an event's id, its number in the stream and its time, so each text comes in four pieces, cut where
-- those stand in it: a canonical text has its members in the order of their names, and "at", "id" and "seq" are in that
-- order. Who called reads the texts that came of it and compares them with their own; the trigger on the table checks
-- chain, hash, id and time of each, as it does for whoever inserts one.
CREATE FUNCTION append_events(streams text[], pieces text[])
RETURNS TABLE (canonical text, previous_hash text, hash text)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  link record;
BEGIN
  FOR i IN 1 .. coalesce(array_length(streams, 1), 0) LOOP
    SELECT l.id, l.seq, l.previous_hash, l.at INTO link FROM next_event_link(streams[i]) l;
    canonical := pieces[4 * i - 3] || link.at || pieces[4 * i - 2] || link.id || pieces[4 * i - 1] || link.seq
      || pieces[4 * i];
    previous_hash := link.previous_hash;
    hash := event_hash(previous_hash, canonical);
    INSERT INTO events AS e (at, canonical, previous_hash, hash)
      VALUES (link.at::timestamptz, append_events.canonical, append_events.previous_hash, append_events.hash);
    RETURN NEXT;
  END LOOP;
END $$;

-- From one step to the next in one call, because every step of every run passes here: ends a task that succeeded, with the
-- last of its output, begins the next one of its run, and records both. Answers nothing, and has changed nothing, unless
-- the run is running, the attempt is still the worker's, and the next task is the step it is said to be and was never
-- begun: then who called goes the long way. The run is locked first, as everywhere.
CREATE FUNCTION pass_on(run_id text, attempt_id text, attempt_worker text, ended jsonb,
  log_streams text[], log_texts text[], log_packs bytea[], log_sizes integer[], log_out_ends bigint[],
  log_err_ends bigint[], next_task text, next_step text, next_attempt text, next_worker text,
  lease_seconds double precision, event_streams text[], event_pieces text[])
RETURNS TABLE (lease_until timestamptz, started_at timestamptz)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  ended_task text;
  next_position integer;
  ended_time timestamptz := (ended ->> 'at')::timestamptz;
BEGIN
  PERFORM FROM runs r WHERE r.id = run_id AND r.state = 'running' FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT a.task INTO ended_task FROM attempts a
    WHERE a.id = attempt_id AND a.worker = attempt_worker AND a.ended_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT t.position INTO next_position FROM tasks t
    WHERE t.id = next_task AND t.run = run_id AND t.state = 'pending' AND t.step = next_step
      AND NOT EXISTS (SELECT FROM attempts o WHERE o.task = t.id);
  IF NOT FOUND THEN RETURN; END IF;
  IF log_sizes <> '{}' THEN
    PERFORM append_log(attempt_id, log_streams, log_texts, log_packs, log_sizes, log_out_ends, log_err_ends);
  END IF;
  UPDATE attempts a SET outcome = 'succeeded', exit_code = (ended ->> 'exitCode')::integer,
    summary = ended ->> 'summary', records = ended -> 'records', ended_at = ended_time WHERE a.id = attempt_id;
  UPDATE tasks t SET state = 'completed', summary = ended ->> 'summary', error_class = NULL, ended_at = ended_time
    WHERE t.id = ended_task AND t.run = run_id AND t.position = next_position - 1 AND t.state = 'running';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'attempt % is not of step % of run %, or that is not running', attempt_id, next_position - 1, run_id;
  END IF;
  UPDATE tasks t SET state = 'running', started_at = ended_time WHERE t.id = next_task;
  INSERT INTO attempts AS n (id, task, number, worker, lease_until)
    VALUES (next_attempt, next_task, 1, next_worker, now() + make_interval(secs => lease_seconds))
    RETURNING n.lease_until, n.started_at INTO pass_on.lease_until, pass_on.started_at;
  PERFORM append_events(event_streams, event_pieces);
  RETURN NEXT;
END $$;
