-- Events that were undone. Neither they nor their amendments count in days, hours and sessions; in the counters they do.
CREATE TABLE undoing (
  event INTEGER PRIMARY KEY, -- number of the event
  at INTEGER NOT NULL,       -- when it was undone, milliseconds since 1970
  check_value INTEGER NOT NULL
) STRICT;

-- How many of the events of each source were undone.
ALTER TABLE source_total ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;
