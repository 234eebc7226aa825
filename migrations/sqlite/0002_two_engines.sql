-- What two engines share: an estate's key is the log index of its first entry, so that the
-- directory is made again the same; an entry's hash has no index of its own (its uniqueness
-- follows from the chain, and a random B-tree was a third of the cost of a posting); nodes and
-- snapshots are indexes, which `rebuild` empties and makes anew.

create table estate_2 (
    -- log index of the estate's first entry
    estate_id integer primary key,
    code text not null unique,
    name text not null,
    address text not null
) strict;

insert into estate_2 (estate_id, code, name, address)
select min(log_index), code, name, address from estate join entry using (estate_id)
group by code, name, address;

create table entry_2 (
    -- from 0 without gap: the leaf's index in the log (RFC 6962)
    log_index integer primary key,
    estate_id integer not null references estate_2,
    seq integer not null,
    -- SHA-256(0x00 || body)
    hash blob not null,
    ref text not null,
    -- the canonical bytes, UTF-8
    body text not null,
    unique (estate_id, seq),
    unique (estate_id, ref)
) strict;

insert into entry_2 (log_index, estate_id, seq, hash, ref, body)
select log_index, estate_2.estate_id, seq, hash, ref, body
from entry join estate using (estate_id) join estate_2 using (code)
order by log_index;

create table sealed_value_2 (
    -- SHA-256 of the disclosure, as it stands in an entry's `sealed`
    digest blob primary key,
    estate_id integer not null references estate_2,
    -- who it is about: an id such as pt_…
    subject text not null,
    -- base64url of JSON [salt, name, value]
    disclosure text not null
) strict, without rowid;

insert into sealed_value_2 (digest, estate_id, subject, disclosure)
select digest, estate_2.estate_id, subject, disclosure
from sealed_value join estate using (estate_id) join estate_2 using (code);

drop trigger entry_is_never_changed;
drop trigger entry_is_never_removed;
drop trigger log_node_is_never_changed;
drop trigger log_node_is_never_removed;
drop table sealed_value;
drop table entry;
drop table estate;
alter table estate_2 rename to estate;
alter table entry_2 rename to entry;
alter table sealed_value_2 rename to sealed_value;
create index sealed_value_estate on sealed_value (estate_id);

create trigger entry_is_never_changed before update on entry
begin
    select raise(abort, 'entries are append-only: update refused');
end;

create trigger entry_is_never_removed before delete on entry
begin
    select raise(abort, 'entries are append-only: delete refused');
end;

-- The fold's state of a long chain after some entry, so that it needn't be folded from the
-- start. It carries its own sum against damage; `verify` compares it with a full fold.
create table book_snapshot (
    estate_id integer primary key references estate,
    -- how many entries the book had
    entries integer not null,
    -- `Book::snapshot`; what it holds is the program's own business
    body text not null
) strict;
