-- Text is compared byte by byte, whatever the database's own collation is. Amounts are exact decimals, times are milliseconds
-- since 1970 unless said otherwise. Tables that a ledger in a file has, too, have the same columns.

-- Locked by every commit, which makes commits follow one another.
CREATE TABLE head (
  "only" bigint PRIMARY KEY CHECK ("only" = 1),
  format integer NOT NULL,      -- number of applied migrations
  last_number bigint NOT NULL,  -- of the newest event
  commit_number bigint NOT NULL, -- of the last commit
  state text COLLATE "C" NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'unfinished', 'moved'))
) WITH (fillfactor = 10);
INSERT INTO head VALUES (1, 0, 0, 0);

-- What each of the last commits changed, from which exporters learn what others committed.
CREATE TABLE commit_log (
  number bigint PRIMARY KEY,
  token text COLLATE "C" NOT NULL, -- made by the exporter, to tell whether a commit without an answer took place
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_number bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  changes text COLLATE "C" NOT NULL
);
CREATE INDEX ON commit_log (at);

-- Who does the work that only one exporter may do.
CREATE TABLE lease (
  name text COLLATE "C" PRIMARY KEY,
  holder text COLLATE "C" NOT NULL,
  until timestamptz NOT NULL
);

-- A unique id of this ledger.
CREATE TABLE identity (
  "only" bigint PRIMARY KEY CHECK ("only" = 1),
  id text COLLATE "C" NOT NULL,
  check_value integer
);

-- All events by four weeks in which they were recorded, with those that were pruned but whose partition still stands.
CREATE TABLE event_row (
  number bigint NOT NULL,
  id text COLLATE "C",
  provider text COLLATE "C" NOT NULL,
  category text COLLATE "C" NOT NULL,
  model text COLLATE "C" NOT NULL,
  at bigint,
  received bigint NOT NULL,
  source text COLLATE "C" NOT NULL,
  usage text COLLATE "C" NOT NULL,
  raises bigint,
  check_value integer NOT NULL,
  consumer text COLLATE "C",
  pricing text COLLATE "C",
  counted_pricing text COLLATE "C",
  PRIMARY KEY (number, received)
) PARTITION BY RANGE (received);
CREATE INDEX event_id ON event_row (id) WHERE id IS NOT NULL;
CREATE INDEX event_amendment ON event_row (raises) WHERE raises IS NOT NULL;

CREATE TABLE pruning (
  "only" bigint PRIMARY KEY CHECK ("only" = 1),
  through bigint NOT NULL,
  check_value integer
);

-- Events up to pruning.through that stay, since they were amended later.
CREATE TABLE kept_event (number bigint PRIMARY KEY);

-- All events that were not pruned.
CREATE VIEW event AS SELECT * FROM event_row
  WHERE number > (SELECT through FROM pruning) OR number IN (SELECT number FROM kept_event);

CREATE TABLE undoing (
  event bigint PRIMARY KEY,
  at bigint NOT NULL,
  check_value integer NOT NULL
);

CREATE TABLE series_total (
  provider text COLLATE "C" NOT NULL,
  category text COLLATE "C" NOT NULL,
  consumer text COLLATE "C" NOT NULL,
  model text COLLATE "C" NOT NULL,
  pricing text COLLATE "C" NOT NULL,
  measure text COLLATE "C" NOT NULL,
  amount text COLLATE "C" NOT NULL,
  since bigint NOT NULL,
  check_value integer,
  PRIMARY KEY (provider, category, consumer, model, pricing, measure)
) WITH (fillfactor = 50);

CREATE TABLE day_total (
  date text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  category text COLLATE "C" NOT NULL,
  consumer text COLLATE "C" NOT NULL,
  model text COLLATE "C" NOT NULL,
  pricing text COLLATE "C" NOT NULL,
  measure text COLLATE "C" NOT NULL,
  amount text COLLATE "C" NOT NULL,
  check_value integer,
  PRIMARY KEY (date, provider, category, consumer, model, pricing, measure)
) WITH (fillfactor = 50);
CREATE INDEX ON day_total (provider, date);

CREATE TABLE hour_total (
  hour bigint NOT NULL,
  provider text COLLATE "C" NOT NULL,
  measure text COLLATE "C" NOT NULL,
  amount text COLLATE "C" NOT NULL,
  first bigint NOT NULL,
  last bigint NOT NULL,
  check_value integer,
  PRIMARY KEY (hour, provider, measure)
) WITH (fillfactor = 50);

CREATE TABLE window_total (
  provider text COLLATE "C" NOT NULL,
  "window" text COLLATE "C" NOT NULL,
  starts_at bigint NOT NULL,
  date text COLLATE "C" NOT NULL,
  category text COLLATE "C" NOT NULL,
  consumer text COLLATE "C" NOT NULL,
  model text COLLATE "C" NOT NULL,
  pricing text COLLATE "C" NOT NULL,
  measure text COLLATE "C" NOT NULL,
  amount text COLLATE "C" NOT NULL,
  check_value integer,
  PRIMARY KEY (provider, "window", starts_at, date, category, consumer, model, pricing, measure)
) WITH (fillfactor = 50);

CREATE TABLE source_total (
  source text COLLATE "C" PRIMARY KEY,
  events bigint NOT NULL,
  undone bigint NOT NULL,
  check_value integer
) WITH (fillfactor = 50);

CREATE TABLE provider (
  name text COLLATE "C" PRIMARY KEY,
  zone text COLLATE "C" NOT NULL,
  last_event bigint,
  check_value integer
) WITH (fillfactor = 50);

CREATE TABLE label (
  provider text COLLATE "C" NOT NULL,
  dimension text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  since bigint NOT NULL,
  check_value integer,
  PRIMARY KEY (provider, dimension, name)
);

CREATE TABLE counted_windows (
  provider text COLLATE "C" PRIMARY KEY,
  hours bigint NOT NULL,
  session_length bigint,
  check_value integer
);

CREATE TABLE long_prompt (
  provider text COLLATE "C" PRIMARY KEY,
  rules text COLLATE "C" NOT NULL,
  check_value integer
);

CREATE TABLE opening_balance (
  kind text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  starts_at bigint NOT NULL,
  date text COLLATE "C" NOT NULL,
  category text COLLATE "C" NOT NULL,
  consumer text COLLATE "C" NOT NULL,
  model text COLLATE "C" NOT NULL,
  pricing text COLLATE "C" NOT NULL,
  measure text COLLATE "C" NOT NULL,
  amount text COLLATE "C" NOT NULL,
  first bigint NOT NULL,
  last bigint NOT NULL,
  check_value integer,
  PRIMARY KEY (kind, provider, starts_at, date, category, consumer, model, pricing, measure)
) WITH (fillfactor = 50);

CREATE TABLE opening_source (
  source text COLLATE "C" PRIMARY KEY,
  events bigint NOT NULL,
  undone bigint NOT NULL,
  check_value integer
);

CREATE TABLE opening_provider (
  name text COLLATE "C" PRIMARY KEY,
  last_event bigint NOT NULL,
  check_value integer
);

CREATE TABLE integration_state (
  provider text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  check_value integer,
  PRIMARY KEY (provider, key)
);

CREATE TABLE probe (
  "only" bigint PRIMARY KEY CHECK ("only" = 1),
  at bigint NOT NULL
);
