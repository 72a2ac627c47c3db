-- An answer about the record keeps its parts (lines, links, the filter it came from), so that every surface draws it in
-- its own way and in the reader's own time. The reply stays the same answer as plain text.

ALTER TABLE requests ADD COLUMN answer jsonb;

-- "What ran on n100 between two and four": runs by when they started, and the few that have not ended.
CREATE INDEX runs_started_at_idx ON runs (started_at) WHERE started_at IS NOT NULL;
-- "How many retries this week, and what failed?": attempts by when they ended.
CREATE INDEX attempts_ended_at_idx ON attempts (ended_at) WHERE ended_at IS NOT NULL;
