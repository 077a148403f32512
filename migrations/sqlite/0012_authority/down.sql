DROP TABLE access_log;
DROP TABLE access_heads;
DROP TABLE delegations;
