DROP TABLE notifications;
DROP TABLE outbox_pruned;
DROP TABLE outbox;
