-- Number of the event that this row amends; NULL for a new event.
ALTER TABLE event ADD COLUMN raises INTEGER;

-- Announced runs whose final figures have not been read yet.
CREATE TABLE pending_run (
  id TEXT PRIMARY KEY,
  category TEXT             -- the category it counts under; NULL for its actor's
) STRICT, WITHOUT ROWID;
