-- The number of the first event that counts in each series; earlier ones count as other. 0 for those that were there already.
ALTER TABLE series_total ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
