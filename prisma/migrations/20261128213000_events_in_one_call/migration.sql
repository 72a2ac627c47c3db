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
