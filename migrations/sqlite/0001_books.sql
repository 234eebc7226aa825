-- The books. Only `instance`, `estate` and `sealed_value` are the operator's own data or an
-- index; `entry` holds the bytes that are the truth, and its rows are never changed.

-- One row: which log this database is.
create table instance (
    instance_id integer primary key check (instance_id = 1),
    -- origin of the log, in every entry's bytes; fixed with the first entry
    log text not null,
    -- 32 random bytes, never shown: references of imported rows are made with it, so that nobody
    -- can try names of persons against the public bytes
    secret blob not null
) strict;

-- Directory of estates, for search; made again from the entries.
create table estate (
    estate_id integer primary key,
    code text not null unique,
    name text not null,
    address text not null
) strict;

-- The log: one row an entry, in commit order.
create table entry (
    -- from 0 without gap: the leaf's index in the log (RFC 6962)
    log_index integer primary key,
    estate_id integer not null references estate,
    seq integer not null,
    -- SHA-256(0x00 || body)
    hash blob not null unique,
    ref text not null,
    -- the canonical bytes, UTF-8
    body text not null,
    unique (estate_id, seq),
    unique (estate_id, ref)
) strict;

create trigger entry_is_never_changed before update on entry
begin
    select raise(abort, 'entries are append-only: update refused');
end;

create trigger entry_is_never_removed before delete on entry
begin
    select raise(abort, 'entries are append-only: delete refused');
end;

-- Roots of full subtrees of 256^level leaves, so that the tree over any size is rebuilt from
-- at most 255 hashes a level.
create table log_node (
    level integer not null check (level >= 1),
    position integer not null,
    hash blob not null,
    primary key (level, position)
) strict, without rowid;

create trigger log_node_is_never_changed before update on log_node
begin
    select raise(abort, 'nodes of the log are append-only: update refused');
end;

create trigger log_node_is_never_removed before delete on log_node
begin
    select raise(abort, 'nodes of the log are append-only: delete refused');
end;

-- Private values beside the log: names of persons. Erasing one changes no byte of the chain.
create table sealed_value (
    -- SHA-256 of the disclosure, as it stands in an entry's `sealed`
    digest blob primary key,
    estate_id integer not null references estate,
    -- who it is about: an id such as pt_…
    subject text not null,
    -- base64url of JSON [salt, name, value]
    disclosure text not null
) strict, without rowid;
create index sealed_value_estate on sealed_value (estate_id);
