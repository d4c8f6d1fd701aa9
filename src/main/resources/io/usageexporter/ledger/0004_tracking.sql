-- The number of the event of the same use to whose amounts a row adds; NULL for a use of its own.
ALTER TABLE event ADD COLUMN raises INTEGER;

-- Runs that were announced and whose last figures are still to be read.
CREATE TABLE pending_run (
  id TEXT PRIMARY KEY,
  category TEXT             -- as which it counts; NULL for that of its actor
) STRICT, WITHOUT ROWID;
