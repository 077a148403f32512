DROP TABLE checkpoint_turns;
DROP TABLE checkpoint_keys;
DROP TABLE checkpoint_entries;
DROP TABLE checkpoints;
DROP TABLE checkpoint_backlog;
