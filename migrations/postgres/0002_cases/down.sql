DROP TABLE remembered_answers;
DROP TABLE case_sight;
DROP TABLE duties;
DROP TABLE case_texts;
DROP TABLE events;
DROP TABLE case_states;
DROP TABLE cases;
DROP TABLE case_numbers;
