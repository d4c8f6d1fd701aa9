-- Who used it, and at what price it is billed; NULL for events of earlier versions, which did not keep them.
ALTER TABLE event ADD COLUMN consumer TEXT;
ALTER TABLE event ADD COLUMN pricing TEXT;

CREATE TABLE earlier_series_total AS SELECT * FROM series_total;
DROP TABLE series_total;
CREATE TABLE series_total (
  provider TEXT NOT NULL,
  category TEXT NOT NULL,
  consumer TEXT NOT NULL,
  model TEXT NOT NULL,
  pricing TEXT NOT NULL,
  measure TEXT NOT NULL,
  amount TEXT NOT NULL,
  since INTEGER NOT NULL,   -- number of the first event counted; 0 if the series existed before this was kept
  PRIMARY KEY (provider, category, consumer, model, pricing, measure)
) STRICT, WITHOUT ROWID;
INSERT INTO series_total SELECT provider, category, '', model, '', measure, amount, since FROM earlier_series_total;
DROP TABLE earlier_series_total;

-- Daily totals by what their price depends on. Rebuilt from the events.
DROP TABLE day_total;
CREATE TABLE day_total (
  date TEXT NOT NULL,       -- in the provider's time zone
  provider TEXT NOT NULL,
  category TEXT NOT NULL,
  consumer TEXT NOT NULL,
  model TEXT NOT NULL,
  pricing TEXT NOT NULL,
  measure TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (date, provider, category, consumer, model, pricing, measure)
) STRICT, WITHOUT ROWID;
