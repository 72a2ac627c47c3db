-- Large pieces of a run's log are stored compressed by zstd. A log is mostly repetition: so a gigabyte of output costs the
-- disk, the write-ahead log and every backup a fifth of it or less, and is stored faster than it could be as it is.
ALTER TABLE log_chunks
  ALTER COLUMN text DROP NOT NULL,
  ADD COLUMN packed bytea,
  DROP CONSTRAINT log_chunks_bytes_are_of_text,
  ADD CONSTRAINT log_chunks_bytes_are_of_text CHECK (bytes > 0 AND (text IS NULL) <> (packed IS NULL)
    AND (text IS NULL OR bytes = octet_length(text)));
-- Compressing it a second time would only cost time.
ALTER TABLE log_chunks ALTER COLUMN packed SET STORAGE EXTERNAL;

-- As before, with pieces that are text or, compressed, `packs`: one of the two, and `sizes` in bytes of the text.
DROP FUNCTION append_log(text, text[], text[], bigint[], bigint[]);
CREATE FUNCTION append_log(attempt_id text, streams text[], texts text[], packs bytea[], sizes integer[],
  out_ends bigint[], err_ends bigint[], OUT run_id text, OUT log_end bigint)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  tried attempts%ROWTYPE;
BEGIN
  SELECT * INTO tried FROM attempts a WHERE a.id = attempt_id FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no attempt %', attempt_id USING ERRCODE = 'no_data_found';
  END IF;
  SELECT t.run INTO run_id FROM tasks t WHERE t.id = tried.task;
  SELECT l.bytes INTO log_end FROM run_logs l WHERE l.run = run_id FOR UPDATE;
  FOR i IN 1 .. coalesce(array_length(sizes, 1), 0) LOOP
    -- Only what doesn't get further than before can be a repetition; the last call's pieces are near the end.
    CONTINUE WHEN (streams[i] = 'out' AND out_ends[i] <= tried.out_offset
        OR streams[i] = 'err' AND err_ends[i] <= tried.err_offset)
      AND EXISTS (
        SELECT FROM log_chunks c
        WHERE c.run = run_id AND c.byte_offset >= log_end - 33554432 AND c.task = tried.task
          AND c.attempt = tried.number AND c.stream = streams[i] AND c.out_end = out_ends[i]
          AND c.err_end = err_ends[i] AND c.bytes = sizes[i]
          AND c.text IS NOT DISTINCT FROM texts[i] AND c.packed IS NOT DISTINCT FROM packs[i]
      );
    -- Each output counts for itself: a piece of one may still be kept back while the other's is stored.
    IF streams[i] = 'out' THEN
      tried.out_offset := greatest(tried.out_offset, out_ends[i]);
    ELSIF streams[i] = 'err' THEN
      tried.err_offset := greatest(tried.err_offset, err_ends[i]);
    END IF;
    CONTINUE WHEN sizes[i] = 0;
    INSERT INTO log_chunks (run, byte_offset, bytes, task, attempt, stream, text, packed, out_end, err_end, at)
      VALUES (run_id, log_end, sizes[i], tried.task, tried.number, streams[i], texts[i], packs[i], out_ends[i],
        err_ends[i], clock_timestamp());
    log_end := log_end + sizes[i];
  END LOOP;
  UPDATE attempts a SET out_offset = tried.out_offset, err_offset = tried.err_offset WHERE a.id = attempt_id;
  UPDATE run_logs l SET bytes = log_end WHERE l.run = run_id;
  PERFORM pg_notify('chiffon_log', run_id || ' ' || log_end);
END $$;
