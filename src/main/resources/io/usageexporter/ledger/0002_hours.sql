-- Hourly totals over the events, from which the forecast learns the usage pattern.
CREATE TABLE hour_total (
  hour INTEGER NOT NULL,    -- since 1970, UTC
  provider TEXT NOT NULL,
  measure TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (hour, provider, measure)
) STRICT, WITHOUT ROWID;
