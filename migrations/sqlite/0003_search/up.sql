-- What cases say, normalised, one text on each line: whether a word stands in a case is looked up here. A case that is
-- confidential has no row.
CREATE TABLE case_search (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (office_id, case_id)
) STRICT;

-- The pieces of what they say, the office among them: where to look. Which row has which piece is all that is kept.
-- Made apart from the commands; what waits for it is in the backlog.
CREATE VIRTUAL TABLE case_search_pieces USING fts5(
    pieces, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii'
);
-- Whose row it is.
CREATE TABLE case_search_pieces_of (
    row INTEGER PRIMARY KEY,
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    UNIQUE (office_id, case_id)
) STRICT;

-- Cases whose pieces are not made yet, or not anew: a search looks at the newest of them, too.
CREATE TABLE case_search_backlog (
    office_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    PRIMARY KEY (office_id, case_id)
) STRICT, WITHOUT ROWID;
-- From before there was a search; what they say is noted when they are indexed.
INSERT INTO case_search_backlog (office_id, case_id) SELECT office_id, id FROM cases;
