-- What pruned events had added to the totals, which are the sums of this and of the events that are still there.
CREATE TABLE opening_balance (
  kind TEXT NOT NULL,       -- series, day, hour (since 1970), hourly or session
  provider TEXT NOT NULL,
  starts_at INTEGER NOT NULL, -- milliseconds since 1970 of an hour or session; 0 for others
  date TEXT NOT NULL,       -- in the provider's time zone; empty for a series or an hour since 1970
  category TEXT NOT NULL,
  consumer TEXT NOT NULL,
  model TEXT NOT NULL,
  pricing TEXT NOT NULL,
  measure TEXT NOT NULL,
  amount TEXT NOT NULL,
  first INTEGER NOT NULL,   -- milliseconds since 1970 of the first and last usage of an hour since 1970; 0 for others
  last INTEGER NOT NULL,
  PRIMARY KEY (kind, provider, starts_at, date, category, consumer, model, pricing, measure)
) STRICT, WITHOUT ROWID;

-- How many events of each source were pruned, and how many of these had been undone.
CREATE TABLE opening_source (
  source TEXT PRIMARY KEY,
  events INTEGER NOT NULL,
  undone INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE opening_provider (
  name TEXT PRIMARY KEY,
  last_event INTEGER NOT NULL -- milliseconds since 1970, of the newest pruned event
) STRICT, WITHOUT ROWID;

-- Up to which number events were pruned. Of these, only those are left that were amended later.
CREATE TABLE pruning (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  through INTEGER NOT NULL
) STRICT;
INSERT INTO pruning VALUES (1, 0);
