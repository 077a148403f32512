DROP TABLE rulebook_activations;
DROP TABLE rulebook_versions;
