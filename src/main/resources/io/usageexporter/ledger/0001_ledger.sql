-- Every event, in the order of recording. Never changed, never deleted.
CREATE TABLE event (
  number INTEGER PRIMARY KEY,
  id TEXT,                  -- the sender's; NULL for an event that is always new
  provider TEXT NOT NULL,
  category TEXT NOT NULL,
  model TEXT NOT NULL,
  at INTEGER,               -- milliseconds since 1970; NULL for "when it was recorded"
  received INTEGER NOT NULL,
  source TEXT NOT NULL,
  usage TEXT NOT NULL       -- requests=1 tokens.input=1200
) STRICT;

-- Names that have series of their own; events before number `since` count as other.
CREATE TABLE label (
  provider TEXT NOT NULL,
  dimension TEXT NOT NULL,
  name TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (provider, dimension, name)
) STRICT, WITHOUT ROWID;

-- Sums over the events, changed in the transaction that stores them. Amounts are exact decimals.
CREATE TABLE series_total (
  provider TEXT NOT NULL,
  category TEXT NOT NULL,
  model TEXT NOT NULL,
  measure TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (provider, category, model, measure)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_total (
  date TEXT NOT NULL,       -- in the provider's zone
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
  zone TEXT NOT NULL,       -- in which the dates of day_total were counted
  last_event INTEGER        -- milliseconds since 1970
) STRICT, WITHOUT ROWID;

-- The index that finds repeats: pairs of an id's hash and an event's number, 16 bytes each.
-- First a row a commit; from time to time these become a segment: 256 buckets by the hash's
-- top byte and a Bloom filter. Segments go when no repeat can come any more.
CREATE TABLE id_recent (
  last_number INTEGER PRIMARY KEY,
  entries BLOB NOT NULL
) STRICT;

CREATE TABLE id_segment (
  segment INTEGER PRIMARY KEY,
  newest INTEGER NOT NULL,  -- when its newest event was received
  filter BLOB NOT NULL
) STRICT;

CREATE TABLE id_bucket (
  key INTEGER PRIMARY KEY,  -- segment * 256 + bucket
  entries BLOB NOT NULL
) STRICT;

-- Written when nothing else is, to learn whether the ledger can be.
CREATE TABLE probe (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  at INTEGER NOT NULL
) STRICT;
