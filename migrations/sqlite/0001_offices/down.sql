DROP TABLE calendars;
DROP TABLE sessions;
DROP TABLE windows;
UPDATE units SET accountable_officer_id = NULL;
DROP TABLE staff;
DROP TABLE units;
DROP TABLE offices;
