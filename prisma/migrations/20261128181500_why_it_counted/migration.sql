-- A decision keeps why it counted: rule, role, who else could have decided, and what the judge said about every step.

-- Canonical JSON, as text like everything that has to read back to the letter. Decisions from before have none.
ALTER TABLE approvals ADD COLUMN policy text;
