DROP TABLE case_search_backlog;
DROP TABLE case_search_pieces_of;
DROP TABLE case_search_pieces;
DROP TABLE case_search;
