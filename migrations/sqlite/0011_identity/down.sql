DROP TABLE sign_in_links;
DROP TABLE clients;
ALTER TABLE sessions DROP COLUMN scopes;
ALTER TABLE sessions DROP COLUMN provider;
ALTER TABLE sessions DROP COLUMN began_at;
DROP TABLE log_in_guards;
