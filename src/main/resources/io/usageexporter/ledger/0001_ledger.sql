-- All events, in recording order. Rows are never updated or deleted.
CREATE TABLE event (
  number INTEGER PRIMARY KEY,
  id TEXT,                  -- from the sender; NULL for an event that is never a duplicate
  provider TEXT NOT NULL,
  category TEXT NOT NULL,
  model TEXT NOT NULL,
  at INTEGER,               -- milliseconds since 1970; NULL if it is the time of recording
  received INTEGER NOT NULL,
  source TEXT NOT NULL,
  usage TEXT NOT NULL       -- requests=1 tokens.input=1200
) STRICT;

-- Names with their own series; events with a number below `since` count as other.
CREATE TABLE label (
  provider TEXT NOT NULL,
  dimension TEXT NOT NULL,
  name TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (provider, dimension, name)
) STRICT, WITHOUT ROWID;

-- Totals over the events, updated in the transaction that stores them. Amounts are exact decimals.
CREATE TABLE series_total (
  provider TEXT NOT NULL,
  category TEXT NOT NULL,
  model TEXT NOT NULL,
  measure TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (provider, category, model, measure)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_total (
  date TEXT NOT NULL,       -- in the provider's time zone
  provider TEXT NOT NULL,
  category TEXT NOT NULL,
  measure TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (date, provider, category, measure)
) STRICT, WITHOUT ROWID;

CREATE TABLE source_total (
  source TEXT PRIMARY KEY,
  events INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE provider (
  name TEXT PRIMARY KEY,
  zone TEXT NOT NULL,       -- time zone of the dates in day_total
  last_event INTEGER        -- milliseconds since 1970
) STRICT, WITHOUT ROWID;

-- The index for finding duplicates: pairs of an id's hash and an event number, 16 bytes each.
-- Starts as one row per commit; from time to time these are sealed into a segment: 256 buckets
-- by the hash's top byte, and a Bloom filter. Expired segments are deleted.
CREATE TABLE id_recent (
  last_number INTEGER PRIMARY KEY,
  entries BLOB NOT NULL
) STRICT;

CREATE TABLE id_segment (
  segment INTEGER PRIMARY KEY,
  newest INTEGER NOT NULL,  -- time at which its newest event was received
  filter BLOB NOT NULL
) STRICT;

CREATE TABLE id_bucket (
  key INTEGER PRIMARY KEY,  -- segment * 256 + bucket
  entries BLOB NOT NULL
) STRICT;

-- Written to check whether the ledger is writable when there is nothing else to write.
CREATE TABLE probe (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  at INTEGER NOT NULL
) STRICT;
