-- The books. Only `instance`, `estate` and `sealed_value` are the operator's own data or an
-- index; `entry` holds the bytes that are the truth, and its rows are never changed.

-- One row: which log this database is.
create table instance (
    instance_id bigint primary key check (instance_id = 1),
    -- origin of the log, in every entry's bytes; fixed with the first entry
    log text not null,
    -- 32 random bytes, never shown: references of imported rows are made with it, so that nobody
    -- can try names of persons against the public bytes
    secret bytea not null
);

-- Directory of estates, for search; made again from the entries.
create table estate (
    estate_id bigint primary key,
    code text collate "C" not null unique,
    name text not null,
    address text not null
);

-- The log: one row an entry, in commit order.
create table entry (
    -- from 0 without gap: the leaf's index in the log (RFC 6962)
    log_index bigint primary key,
    estate_id bigint not null references estate,
    seq bigint not null,
    -- SHA-256(0x00 || body)
    hash bytea not null unique,
    ref text collate "C" not null,
    -- the canonical bytes, UTF-8
    body text not null,
    unique (estate_id, seq),
    unique (estate_id, ref)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, lower(tg_op);
end
$$;

create trigger entry_is_never_changed before update or delete or truncate on entry
for each statement execute function refuse_change();

-- Roots of full subtrees of 256^level leaves, so that the tree over any size is rebuilt from
-- at most 255 hashes a level.
create table log_node (
    level bigint not null check (level >= 1),
    position bigint not null,
    hash bytea not null,
    primary key (level, position)
);

create trigger log_node_is_never_changed before update or delete or truncate on log_node
for each statement execute function refuse_change();

-- Private values beside the log: names of persons. Erasing one changes no byte of the chain.
create table sealed_value (
    -- SHA-256 of the disclosure, as it stands in an entry's `sealed`
    digest bytea primary key,
    estate_id bigint not null references estate,
    -- who it is about: an id such as pt_…
    subject text not null,
    -- base64url of JSON [salt, name, value]
    disclosure text not null
);
create index sealed_value_estate on sealed_value (estate_id);
