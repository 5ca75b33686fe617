-- The hub and nbgrader both keep a table of versions, so each has a database of its own.
CREATE DATABASE rnn_gradebook;
