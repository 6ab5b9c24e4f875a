-- A pretend phone sends pictures and PDF files: what its provider would keep for us to fetch. All null: a text.
alter table simulator_messages
  add column file_bytes bytea,
  add column file_type text,
  add column file_name text,
  add constraint simulator_messages_file_check check (num_nonnulls(file_bytes, file_type, file_name) in (0, 3));
