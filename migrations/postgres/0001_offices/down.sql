DROP TABLE calendars;
DROP TABLE sessions;
DROP TABLE windows;
ALTER TABLE units DROP CONSTRAINT units_office_id_accountable_officer_id_fkey;
DROP TABLE staff;
DROP TABLE units;
DROP TABLE offices;
