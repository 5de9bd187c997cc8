"""Schema 2: what the app remembers of itself, and the indexes that list conversations. Never edited once shipped.

A trace without a conversation is one of its own, under its own id; requests that no person will look for
(benchmark, replay) are not listed, so the two indexes leave them out, and a query must name that condition to use them.
"""

SQL = """
CREATE TABLE notices (
  cause TEXT NOT NULL,
  day TEXT NOT NULL,
  shown_at TEXT NOT NULL,
  PRIMARY KEY (cause, day)
) STRICT;

-- Text of the person's only under a name `draft:<conversation>`: deletion takes those away by their names.
CREATE TABLE app_state (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

ALTER TABLE traces ADD COLUMN conversation TEXT NOT NULL
  GENERATED ALWAYS AS (coalesce(conversation_id, trace_id)) VIRTUAL;
CREATE INDEX conversations_by_time ON traces (created_at, row, conversation)
  WHERE origin NOT IN ('benchmark', 'replay');
CREATE INDEX conversations_newest ON traces (conversation, created_at, row)
  WHERE origin NOT IN ('benchmark', 'replay');
-- Deleting feedback asks whether a label names it: without this, by reading all labels.
CREATE INDEX labels_by_correction ON labels (correction) WHERE correction IS NOT NULL;
CREATE INDEX jobs_by_kind ON jobs (kind, created_at);
"""
