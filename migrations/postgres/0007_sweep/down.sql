DROP TABLE sweep_failures;
DROP TABLE sweeps;
