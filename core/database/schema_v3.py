"""Schema 3: what was imported and from where, what may not come back, and the pairs that went out. Never edited once
shipped.

`pairs` was a view of traces; now it holds what was really handed over, made anonymous, each run once a role.
"""

SQL = """
CREATE TABLE imports (
  import_id TEXT PRIMARY KEY,
  format TEXT NOT NULL,
  source_file TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  counts TEXT NOT NULL CHECK (json_type(counts) = 'object')
) STRICT;

CREATE TABLE trace_sources (
  trace_id TEXT PRIMARY KEY REFERENCES traces (trace_id),
  import_id TEXT NOT NULL REFERENCES imports (import_id),
  source_file TEXT NOT NULL,
  line_offset INTEGER NOT NULL CHECK (line_offset >= 0),
  sig_hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX trace_sources_of ON trace_sources (import_id, trace_id);

CREATE TABLE sources (
  name TEXT PRIMARY KEY,
  path TEXT NOT NULL,
  source_file TEXT NOT NULL,
  mapping TEXT NOT NULL,
  added_at TEXT NOT NULL
) STRICT;

-- Hashes of source rows that were deleted here: reading the same file again must not bring them back.
CREATE TABLE forgotten_rows (sig_hash TEXT PRIMARY KEY) STRICT;

DROP VIEW pairs;
CREATE TABLE pairs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  task_slug TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('assistant', 'coder', 'fixer', 'judge')),
  prompt_json TEXT NOT NULL CHECK (json_valid(prompt_json)),
  output_json TEXT NOT NULL CHECK (json_valid(output_json)),
  label REAL NOT NULL CHECK (label BETWEEN 0 AND 1),
  trace_id TEXT REFERENCES traces (trace_id),
  run_id TEXT NOT NULL,
  exported_at TEXT NOT NULL,
  UNIQUE (role, run_id)
) STRICT;
CREATE INDEX pairs_of ON pairs (trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX pairs_of_run ON pairs (run_id);

CREATE TRIGGER trace_sources_no_update BEFORE UPDATE ON trace_sources
BEGIN SELECT RAISE(ABORT, 'append-only: where a trace came from never changes'); END;
CREATE TRIGGER trace_sources_no_delete BEFORE DELETE ON trace_sources
WHEN OLD.trace_id NOT IN (SELECT trace_id FROM tombstones)
BEGIN SELECT RAISE(ABORT, 'append-only: an origin goes only with its trace'); END;
CREATE TRIGGER trace_sources_are_remembered AFTER DELETE ON trace_sources
BEGIN INSERT INTO forgotten_rows VALUES (OLD.sig_hash) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER trace_sources_stay_forgotten BEFORE INSERT ON trace_sources
WHEN NEW.sig_hash IN (SELECT sig_hash FROM forgotten_rows)
BEGIN SELECT RAISE(ABORT, 'append-only: this row was forgotten'); END;
CREATE TRIGGER forgotten_rows_no_update BEFORE UPDATE ON forgotten_rows
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER forgotten_rows_no_delete BEFORE DELETE ON forgotten_rows
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
"""
