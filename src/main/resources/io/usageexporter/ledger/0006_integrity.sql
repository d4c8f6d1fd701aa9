-- Number of the first event counted in each series; earlier events count as other. 0 for existing series.
ALTER TABLE series_total ADD COLUMN since INTEGER NOT NULL DEFAULT 0;

-- Checksum over the other columns; NULL for events before log.checked_from.
ALTER TABLE event ADD COLUMN check_value INTEGER;

-- Numbers the commits, so that a log that does not belong to its ledger file is detected. Starts at a random number, so that
-- the commits of two ledgers have different numbers.
CREATE TABLE log (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  written INTEGER NOT NULL, -- number of the last commit
  base INTEGER NOT NULL,    -- number of the last commit before the log began, or of an earlier one
  checked_from INTEGER NOT NULL
) STRICT;
INSERT INTO log SELECT 1, start, start, (SELECT coalesce(max(number), 0) + 1 FROM event)
FROM (SELECT abs(random() / 4096) AS start);
