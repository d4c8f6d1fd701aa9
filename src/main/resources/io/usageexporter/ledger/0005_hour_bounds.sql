-- Hourly totals with the times of the first and last usage, which bound the time at which a limit was reached.
-- Rebuilt from the events.
DROP TABLE hour_total;
CREATE TABLE hour_total (
  hour INTEGER NOT NULL,    -- since 1970, UTC
  provider TEXT NOT NULL,
  measure TEXT NOT NULL,
  amount TEXT NOT NULL,
  first INTEGER NOT NULL,   -- milliseconds since 1970
  last INTEGER NOT NULL,
  PRIMARY KEY (hour, provider, measure)
) STRICT, WITHOUT ROWID;
