-- What cases say, normalised, one text on each line: whether a word stands in a case is looked up here. A case that is
-- confidential has no row.
CREATE TABLE case_search (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    words text COLLATE "C" NOT NULL,
    PRIMARY KEY (office_id, case_id)
);
DO $$
BEGIN
    ALTER TABLE case_search ALTER COLUMN words SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
    RAISE NOTICE 'this server is built without lz4; case_search.words keeps pglz';
END
$$;

-- The pieces of what they say, the office among them: where to look. Made apart from the commands, since a row of the
-- index costs more than all the others that a command writes; what waits for it is in the backlog.
CREATE TABLE case_search_pieces (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    pieces tsvector NOT NULL,
    PRIMARY KEY (office_id, case_id)
) WITH (toast_tuple_target = 8160);
-- Questions are planned without knowing the words, so that statistics of the pieces would serve nobody.
ALTER TABLE case_search_pieces ALTER COLUMN pieces SET STATISTICS 0;
CREATE INDEX case_search_by_piece ON case_search_pieces USING gin (pieces);

-- Cases whose pieces are not made yet, or not anew: a search looks at the newest of them, too.
CREATE TABLE case_search_backlog (
    office_id uuid NOT NULL,
    case_id uuid NOT NULL,
    PRIMARY KEY (office_id, case_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_cost_delay = 0);
-- A queue: its rows come and go, and whoever looks for the newest walks over the dead ones. So they are cleared away by
-- their number, however long the queue is; it is small enough for that to be done without pauses.
-- From before there was a search; what they say is noted when they are indexed.
INSERT INTO case_search_backlog (office_id, case_id) SELECT office_id, id FROM cases;
