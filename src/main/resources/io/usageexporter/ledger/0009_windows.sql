-- Hours and sessions that are counted, of providers that have a limit in such a window.
CREATE TABLE counted_windows (
  provider TEXT PRIMARY KEY,
  hours INTEGER NOT NULL,       -- 1 if hours are
  session_length INTEGER        -- seconds; NULL if sessions are not
) STRICT, WITHOUT ROWID;

-- Totals of hours and sessions, by day, on which prices depend.
CREATE TABLE window_total (
  provider TEXT NOT NULL,
  window TEXT NOT NULL,         -- hourly or session
  starts_at INTEGER NOT NULL,   -- milliseconds since 1970
  date TEXT NOT NULL,           -- in the provider's time zone
  category TEXT NOT NULL,
  consumer TEXT NOT NULL,
  model TEXT NOT NULL,
  pricing TEXT NOT NULL,
  measure TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (provider, window, starts_at, date, category, consumer, model, pricing, measure)
) STRICT, WITHOUT ROWID;
