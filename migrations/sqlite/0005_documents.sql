-- Papers, and files that entries are read from: the operator's own data. Entries name a paper by
-- its content; no book depends on these tables, so they are backed up, not proven.

-- What papers hold, each content once.
create table document_bytes (
    -- SHA-256 of the bytes, hex, as entries name it
    sha256 text primary key,
    bytes blob not null
) strict;

-- Papers of an estate.
create table document (
    -- code of the estate
    estate text not null,
    sha256 text not null references document_bytes,
    -- its file's name, for those at the desk
    name text not null,
    -- as entries say it: invoice, receipt, …
    kind text not null,
    media_type text not null,
    size integer not null,
    -- public, owners or officers
    visibility text not null,
    -- u_…
    uploaded_by text not null,
    -- milliseconds since 1970, like every instant here
    uploaded_at integer not null,
    changed_at integer not null,
    primary key (estate, sha256)
) strict;
create index document_newest on document (estate, uploaded_at);

-- Files that entries are read from, with what was said about them.
create table import_file (
    -- i_…
    import_id text primary key,
    estate text not null,
    -- the file, kept as a document
    sha256 text not null references document_bytes,
    name text not null,
    -- register, contracts, parking or statement
    sort text not null,
    -- what the form said beside the file, JSON
    options text not null,
    -- what was answered to its questions, TOML
    answers text not null,
    -- u_…
    made_by text not null,
    made_at integer not null,
    -- numbers of the entries that came of it, JSON; none until they are posted
    posted text,
    posted_by text,
    posted_at integer
) strict;
create index import_file_newest on import_file (estate, made_at);
