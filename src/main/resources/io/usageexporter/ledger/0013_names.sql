-- Short codes for the names in events, which begin with U+0001, as no name does. An event may also hold the name itself.
CREATE TABLE name (
  code TEXT PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
