DROP TABLE notifications;
DROP TABLE outbox_pruned;
DROP TABLE outbox;
DROP SEQUENCE outbox_position;
DROP TABLE outbox_waiting;
