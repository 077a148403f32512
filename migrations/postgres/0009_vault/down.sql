DO $$
BEGIN
    IF EXISTS (SELECT FROM case_texts) THEN
        RAISE EXCEPTION 'what is sealed cannot be unsealed by a statement';
    END IF;
END
$$;
DROP TABLE erasures;
DROP TABLE complainant_marks;
DROP TABLE case_texts;
ALTER TABLE case_texts_unsealed RENAME CONSTRAINT case_texts_unsealed_pkey TO case_texts_pkey;
ALTER TABLE case_texts_unsealed RENAME TO case_texts;
DROP TABLE vault_keys;
DROP TABLE case_keys;
