-- What integrations of providers keep for themselves, such as the runs of Apify that are still to be read.
CREATE TABLE integration_state (
  provider TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (provider, key)
) STRICT, WITHOUT ROWID;

INSERT INTO integration_state SELECT 'apify', id, coalesce(category, '') FROM pending_run;
DROP TABLE pending_run;
