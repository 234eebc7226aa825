-- Keys under which programs handed in papers and files, so that a key with another request is
-- refused. Those of entries stand in the entries, as `ref`.
create table request_key (
    -- code of the estate
    estate text collate "C" not null,
    -- as the program sent it
    idempotency_key text collate "C" not null,
    -- SHA-256 of what was asked for, hex
    digest text collate "C" not null,
    -- milliseconds since 1970
    made_at bigint not null,
    primary key (estate, idempotency_key)
);
