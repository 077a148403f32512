-- What is sealed cannot be unsealed by a statement: where there is any, this overflows and stops.
SELECT CASE WHEN EXISTS (SELECT 1 FROM case_texts) THEN abs(-9223372036854775807 - 1) END;
DROP TABLE erasures;
DROP TABLE complainant_marks;
DROP TABLE case_texts;
ALTER TABLE case_texts_unsealed RENAME TO case_texts;
DROP TABLE vault_keys;
DROP TABLE case_keys;
