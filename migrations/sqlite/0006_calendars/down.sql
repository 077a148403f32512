DROP TABLE calendar_import_moves;
DROP TABLE calendar_imports;
DROP INDEX offices_by_calendar;
DROP INDEX calendars_by_office;
DROP INDEX calendars_by_base;
ALTER TABLE calendars DROP COLUMN layer;
ALTER TABLE calendars DROP COLUMN base_version;
ALTER TABLE calendars DROP COLUMN base_code;
ALTER TABLE calendars DROP COLUMN office_id;
