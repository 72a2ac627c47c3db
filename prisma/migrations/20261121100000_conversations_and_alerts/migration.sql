-- Where requests are talked about on chat platforms, and the alerts that ring until somebody is on it.
--
-- None of this decides anything: approvals, runs and events stay where they are. Conversations say what was posted
-- where, so that a restart, an outage or an event that arrives twice posts nothing twice and loses nothing.

CREATE TABLE conversations (
  surface text NOT NULL,
  request integer NOT NULL REFERENCES requests (id),
  channel text NOT NULL,
  thread  text,
  asked   text,
  lost    text,
  at      timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (surface, request)
);
CREATE INDEX conversations_thread_idx ON conversations (surface, thread, request);

CREATE TABLE posts (
  id        bigserial PRIMARY KEY,
  surface   text NOT NULL,
  request   integer NOT NULL,
  key       text NOT NULL,
  kind      text NOT NULL CHECK (kind IN ('card', 'note', 'file')),
  words     text NOT NULL DEFAULT '',
  mentions  text[] NOT NULL DEFAULT '{}',
  loud      boolean NOT NULL DEFAULT false,
  hash      text,
  message   text,
  drawn     text,
  state     text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'posted', 'settled', 'dropped')),
  posted_at timestamptz(3),
  at        timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (surface, request, key),
  FOREIGN KEY (surface, request) REFERENCES conversations (surface, request),
  CONSTRAINT posts_posted_has_message CHECK (state NOT IN ('posted', 'settled') OR message IS NOT NULL)
);
CREATE INDEX posts_message_idx ON posts (surface, message) WHERE message IS NOT NULL;
CREATE INDEX posts_open_idx ON posts (surface, request) WHERE state IN ('waiting', 'posted');

CREATE TABLE heard (
  surface text NOT NULL,
  id      text NOT NULL,
  at      timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (surface, id)
);
CREATE INDEX heard_at_idx ON heard (at);

CREATE TABLE chat_memory (
  surface text NOT NULL,
  key     text NOT NULL,
  value   text NOT NULL,
  PRIMARY KEY (surface, key)
);

CREATE TABLE channel_states (
  name   text PRIMARY KEY,
  ok     boolean NOT NULL,
  detail text NOT NULL,
  remedy text,
  at     timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE alerts (
  id              serial PRIMARY KEY,
  request         integer NOT NULL REFERENCES requests (id),
  run             text NOT NULL REFERENCES runs (id),
  kind            text NOT NULL CHECK (kind IN ('gave_up', 'review')),
  headline        text NOT NULL,
  need            text NOT NULL,
  -- Whoever has it may say "I'm on it", and nothing else: it travels to phones.
  token           text NOT NULL DEFAULT replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
  rings           integer NOT NULL DEFAULT 0,
  next_ring_at    timestamptz(3) DEFAULT now(),
  acknowledged_by text,
  acknowledged_at timestamptz(3),
  at              timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX alerts_request_idx ON alerts (request);
-- A run calls for help once at a time, however often its end is written down.
CREATE UNIQUE INDEX alerts_one_open_each ON alerts (run, kind) WHERE acknowledged_at IS NULL;

CREATE TABLE alert_deliveries (
  alert     integer NOT NULL REFERENCES alerts (id),
  channel   text NOT NULL,
  ring      integer NOT NULL,
  delivered integer NOT NULL DEFAULT 0,
  tries     integer NOT NULL DEFAULT 0,
  due_at    timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (alert, channel)
);
CREATE INDEX alert_deliveries_owed_idx ON alert_deliveries (due_at) WHERE ring > delivered;
