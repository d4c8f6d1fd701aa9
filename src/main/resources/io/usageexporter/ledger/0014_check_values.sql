-- Checksums over the other columns of each row, filled after this.
ALTER TABLE series_total ADD COLUMN check_value INTEGER;
ALTER TABLE day_total ADD COLUMN check_value INTEGER;
ALTER TABLE hour_total ADD COLUMN check_value INTEGER;
ALTER TABLE window_total ADD COLUMN check_value INTEGER;
ALTER TABLE source_total ADD COLUMN check_value INTEGER;
ALTER TABLE provider ADD COLUMN check_value INTEGER;
ALTER TABLE label ADD COLUMN check_value INTEGER;
ALTER TABLE counted_windows ADD COLUMN check_value INTEGER;
ALTER TABLE long_prompt ADD COLUMN check_value INTEGER;
ALTER TABLE opening_balance ADD COLUMN check_value INTEGER;
ALTER TABLE opening_source ADD COLUMN check_value INTEGER;
ALTER TABLE opening_provider ADD COLUMN check_value INTEGER;
ALTER TABLE pruning ADD COLUMN check_value INTEGER;
ALTER TABLE integration_state ADD COLUMN check_value INTEGER;
ALTER TABLE identity ADD COLUMN check_value INTEGER;
ALTER TABLE name ADD COLUMN check_value INTEGER;

-- The same for the index of ids; NULL in rows of earlier versions.
ALTER TABLE id_recent ADD COLUMN check_value INTEGER;
ALTER TABLE id_segment ADD COLUMN check_value INTEGER;
ALTER TABLE id_bucket ADD COLUMN check_value INTEGER;
