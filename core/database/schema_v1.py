"""Schema 1: the first one that shipped. Never edited again: a change is a new numbered migration.

Rules that the rest of the room leans on:
- every table that holds anything of a trace names it in a column `trace_id` (deletion walks over them by that);
- `record` is the whole msgspec record as JSON; columns beside it are generated from it, so nothing is written twice;
- what a person or a client said is append-only, held by triggers; only a row in `tombstones` opens the way to delete.
"""

SQL = """
CREATE TABLE home_facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE tombstones (trace_id TEXT PRIMARY KEY) STRICT;

CREATE TABLE traces (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  trace_id TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL CHECK (json_valid(record)),
  created_at TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.created_at') VIRTUAL,
  client TEXT GENERATED ALWAYS AS (record ->> '$.client') VIRTUAL,
  conversation_id TEXT GENERATED ALWAYS AS (record ->> '$.conversation_id') VIRTUAL,
  model TEXT GENERATED ALWAYS AS (record ->> '$.model') VIRTUAL,
  origin TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.origin') VIRTUAL
    CHECK (origin IN ('user', 'simulated', 'benchmark', 'import', 'replay'))
) STRICT;
CREATE INDEX traces_by_time ON traces (created_at, row);
CREATE INDEX traces_by_client ON traces (client, created_at, row);
CREATE INDEX traces_by_conversation ON traces (conversation_id, created_at, row) WHERE conversation_id IS NOT NULL;
CREATE INDEX traces_by_model ON traces (model, created_at, row);

CREATE TABLE open_traces (
  trace_id TEXT PRIMARY KEY REFERENCES traces (trace_id),
  pid INTEGER NOT NULL,
  started REAL NOT NULL
) STRICT;

CREATE TABLE trace_chunks (
  row INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL REFERENCES open_traces (trace_id),
  text TEXT NOT NULL
) STRICT;
CREATE INDEX trace_chunks_of ON trace_chunks (trace_id, row);

CREATE TABLE trace_metadata (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  trace_id TEXT NOT NULL REFERENCES traces (trace_id),
  metadata TEXT NOT NULL CHECK (json_type(metadata) = 'object')
) STRICT;
CREATE INDEX trace_metadata_of ON trace_metadata (trace_id, row);

CREATE TABLE feedback (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  feedback_id TEXT NOT NULL UNIQUE,
  trace_id TEXT NOT NULL REFERENCES traces (trace_id),
  record TEXT NOT NULL CHECK (json_valid(record))
) STRICT;
CREATE INDEX feedback_of ON feedback (trace_id, row);

CREATE TABLE trace_signals (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  trace_id TEXT NOT NULL REFERENCES traces (trace_id),
  record TEXT NOT NULL CHECK (json_valid(record)),
  CHECK (coalesce(record ->> '$.tests_passed' <= record ->> '$.tests_total', TRUE)),
  CHECK (coalesce(record ->> '$.coverage_pct' BETWEEN 0 AND 100, TRUE))
) STRICT;
CREATE INDEX trace_signals_of ON trace_signals (trace_id, row);

-- Derived from feedback, signals and reviews by core.database.labels; integrity_check recomputes them.
CREATE TABLE labels (
  trace_id TEXT PRIMARY KEY REFERENCES traces (trace_id),
  verdict TEXT NOT NULL
    CHECK (verdict IN ('accepted', 'partially_accepted', 'rejected', 'needs_human_review')),
  reward REAL CHECK (reward BETWEEN 0 AND 1),
  correction INTEGER REFERENCES feedback (row)
) STRICT;
CREATE INDEX labels_by_verdict ON labels (verdict);

CREATE TABLE exemplars (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  trace_id TEXT NOT NULL UNIQUE REFERENCES traces (trace_id),
  kind TEXT NOT NULL CHECK (kind IN ('accepted', 'partial'))
) STRICT;
CREATE INDEX exemplars_by_kind ON exemplars (kind);

CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  trace_id TEXT,
  row INTEGER,
  subject TEXT
) STRICT;

CREATE TABLE jobs (
  job_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'skipped', 'failed')),
  payload TEXT NOT NULL CHECK (json_valid(payload)),
  evidence TEXT CHECK (json_valid(evidence)),
  reason TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  not_before TEXT NOT NULL,
  owner TEXT,
  lease_until TEXT,
  started_at TEXT,
  finished_at TEXT,
  CHECK ((state = 'running') = (owner IS NOT NULL AND lease_until IS NOT NULL)),
  CHECK (state <> 'done' OR evidence IS NOT NULL),
  CHECK (state NOT IN ('skipped', 'failed') OR reason <> '')
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state, not_before);

CREATE TABLE reviews (
  review_id TEXT PRIMARY KEY,
  trace_id TEXT REFERENCES traces (trace_id),
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  created_at TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'rejected')),
  reason TEXT,
  decided_at TEXT,
  CHECK ((state = 'pending') = (decided_at IS NULL))
) STRICT;
CREATE INDEX reviews_by_state ON reviews (state, created_at);
CREATE INDEX reviews_of ON reviews (trace_id) WHERE trace_id IS NOT NULL;

CREATE TABLE web_cache (
  url TEXT PRIMARY KEY,
  html TEXT,
  fetched_at DATETIME DEFAULT CURRENT_TIMESTAMP
);

-- The two text views walk the messages by number: FTS5 reads its content without virtual tables, so no json_each.
-- Only the last 20 are searched: a long conversation repeats itself in each request, and stands in its own traces.
CREATE VIEW trace_text AS
SELECT t.row AS row,
  (WITH RECURSIVE numbers (n) AS (
     SELECT max(json_array_length(t.record, '$.messages') - 20, 0)
     UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < json_array_length(t.record, '$.messages'))
   SELECT group_concat(t.record ->> ('$.messages[' || n || '].content'), char(10) ORDER BY n) FROM numbers) AS asked,
  t.record ->> '$.response' AS answered
FROM traces AS t
WHERE t.trace_id NOT IN (SELECT trace_id FROM open_traces);
CREATE VIRTUAL TABLE trace_fts USING fts5 (
  asked, answered, content = 'trace_text', content_rowid = 'row', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO trace_fts (trace_fts, rank) VALUES ('secure-delete', 1);

-- The task is the last thing the person said; the answer is their correction where there is one.
CREATE VIEW exemplar_text AS
SELECT e.row AS row, e.trace_id AS trace_id, e.kind AS kind,
  (WITH RECURSIVE numbers (n) AS (
     SELECT json_array_length(t.record, '$.messages') - 1 UNION ALL SELECT n - 1 FROM numbers WHERE n > 0)
   SELECT t.record ->> ('$.messages[' || n || '].content') FROM numbers
   WHERE t.record ->> ('$.messages[' || n || '].role') = 'user' LIMIT 1) AS task,
  coalesce(f.record ->> '$.correction', f.record ->> '$.value', t.record ->> '$.response') AS answer
FROM exemplars AS e
JOIN traces AS t ON t.trace_id = e.trace_id
LEFT JOIN labels AS l ON l.trace_id = e.trace_id
LEFT JOIN feedback AS f ON f.row = l.correction;
CREATE VIRTUAL TABLE exemplar_fts USING fts5 (
  task, content = 'exemplar_text', content_rowid = 'row', tokenize = 'porter unicode61 remove_diacritics 2'
);
INSERT INTO exemplar_fts (exemplar_fts, rank) VALUES ('secure-delete', 1);

-- The names of the seeds (004, "SQLite Schema"), with their columns.
CREATE VIEW runs AS
SELECT t.row AS id, t.created_at AS ts,
  coalesce(t.record ->> '$.metadata.task_slug', nullif(t.record ->> '$.task_hash', ''), t.trace_id) AS task_slug,
  t.model AS model_name,
  coalesce(t.record ->> '$.prompt_id', 'default') AS prompt_id,
  l.reward AS reward,
  coalesce(t.record ->> '$.usage.prompt_tokens', 0) + coalesce(t.record ->> '$.usage.completion_tokens', 0)
    AS cost_tokens,
  CAST(round(t.record ->> '$.duration_ms') AS INTEGER) AS duration_ms
FROM traces AS t LEFT JOIN labels AS l ON l.trace_id = t.trace_id
WHERE t.trace_id NOT IN (SELECT trace_id FROM open_traces);

CREATE VIEW signals AS
SELECT t.row AS run_id,
  s.record ->> '$.lint_errors' AS lint_errors,
  s.record ->> '$.type_errors' AS type_errors,
  (s.record ->> '$.tests_total') - (s.record ->> '$.tests_passed') AS tests_failed,
  s.record ->> '$.coverage_pct' AS coverage_pct,
  s.record ->> '$.schema_errors' AS schema_errors,
  s.record ->> '$.boundary_errors' AS boundary_errors
FROM trace_signals AS s JOIN traces AS t ON t.trace_id = s.trace_id;

CREATE VIEW pairs AS
SELECT t.row AS id,
  coalesce(t.record ->> '$.metadata.task_slug', nullif(t.record ->> '$.task_hash', ''), t.trace_id) AS task_slug,
  t.record ->> '$.role' AS role,
  t.record -> '$.messages' AS prompt_json,
  t.record -> '$.response' AS output_json,
  l.reward AS label
FROM traces AS t JOIN labels AS l ON l.trace_id = t.trace_id
WHERE t.record ->> '$.role' IN ('coder', 'fixer', 'judge') AND l.reward IS NOT NULL;

CREATE TRIGGER traces_change_only_while_open BEFORE UPDATE ON traces
WHEN OLD.trace_id NOT IN (SELECT trace_id FROM open_traces)
  OR NEW.trace_id <> OLD.trace_id OR NEW.row <> OLD.row
BEGIN SELECT RAISE(ABORT, 'append-only: a finished trace never changes'); END;
CREATE TRIGGER traces_deleted_stay_deleted BEFORE INSERT ON traces
WHEN NEW.trace_id IN (SELECT trace_id FROM tombstones)
BEGIN SELECT RAISE(ABORT, 'append-only: this trace was deleted'); END;
CREATE TRIGGER traces_no_delete BEFORE DELETE ON traces
WHEN OLD.trace_id NOT IN (SELECT trace_id FROM tombstones)
BEGIN SELECT RAISE(ABORT, 'append-only: traces are deleted through a tombstone'); END;
CREATE TRIGGER feedback_no_update BEFORE UPDATE ON feedback
BEGIN SELECT RAISE(ABORT, 'append-only: feedback never changes'); END;
CREATE TRIGGER feedback_no_delete BEFORE DELETE ON feedback
WHEN OLD.trace_id NOT IN (SELECT trace_id FROM tombstones)
BEGIN SELECT RAISE(ABORT, 'append-only: feedback goes only with its trace'); END;
CREATE TRIGGER trace_signals_no_update BEFORE UPDATE ON trace_signals
BEGIN SELECT RAISE(ABORT, 'append-only: signals never change'); END;
CREATE TRIGGER trace_signals_no_delete BEFORE DELETE ON trace_signals
WHEN OLD.trace_id NOT IN (SELECT trace_id FROM tombstones)
BEGIN SELECT RAISE(ABORT, 'append-only: signals go only with their trace'); END;
CREATE TRIGGER trace_metadata_no_update BEFORE UPDATE ON trace_metadata
BEGIN SELECT RAISE(ABORT, 'append-only: add newer metadata instead'); END;
CREATE TRIGGER trace_metadata_no_delete BEFORE DELETE ON trace_metadata
WHEN OLD.trace_id NOT IN (SELECT trace_id FROM tombstones)
BEGIN SELECT RAISE(ABORT, 'append-only: metadata goes only with its trace'); END;
CREATE TRIGGER tombstones_no_update BEFORE UPDATE ON tombstones
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER tombstones_no_delete BEFORE DELETE ON tombstones
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER changes_no_update BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER changes_no_delete BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER home_facts_no_update BEFORE UPDATE ON home_facts
BEGIN SELECT RAISE(ABORT, 'a home is what it was created as'); END;
"""
