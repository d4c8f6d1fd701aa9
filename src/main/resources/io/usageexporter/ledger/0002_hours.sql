-- Sums over the events by hour, from which the forecast learns when there is much use and when little.
CREATE TABLE hour_total (
  hour INTEGER NOT NULL,    -- since 1970, UTC
  provider TEXT NOT NULL,
  measure TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (hour, provider, measure)
) STRICT, WITHOUT ROWID;
