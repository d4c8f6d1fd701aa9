-- Pricing of an event's series, with what was derived from amounts when it was recorded; NULL if that is its own pricing.
ALTER TABLE event ADD COLUMN counted_pricing TEXT;

-- By which rules the events of each provider in day_total are at the price of long prompts.
CREATE TABLE long_prompt (
  provider TEXT PRIMARY KEY,
  rules TEXT NOT NULL       -- one a line: model, from, until, over, until; separated by tabs
) STRICT, WITHOUT ROWID;

-- Rebuilt from the events, which count at the price that is derived from their amounts.
DELETE FROM day_total;

-- Finds all amendments of an event.
CREATE INDEX amendment ON event (raises) WHERE raises IS NOT NULL;
